import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { DrillRecord } from '../../../core/evidence/record.ts';
import { synthesiseAssembly } from '../../../rehearsal/aws/assembly.ts';
import type { DatabaseState } from '../../../rehearsal/aws/databases.ts';
import type { ProductionDatabase } from '../../../rehearsal/aws/production.ts';
import { protectProduction } from '../../../rehearsal/aws/protected-production.ts';
import { SimulatedCloud } from '../../../rehearsal/aws/simulated-cloud.ts';

// To bundle every function takes minutes on a machine that is busy, and so do dozens of drills.
jest.setTimeout(300_000);

export const tokyo = 'ap-northeast-1';
export const osaka = 'ap-northeast-3';

/** The policy of the rehearsal, deployed into a simulated account with production in it. */
export interface DrillScene extends AsyncDisposable {
  readonly cloud: SimulatedCloud;
  readonly shop: DatabaseState;
  readonly carts: DatabaseState;
  readonly production: ProductionDatabase;
  /** The evidence of one drill, by the database's name. */
  records(region: string, execution: string): Record<string, DrillRecord>;
}

/** Reads and lists change nothing; everything else might. */
export function isWriting(operation: string): boolean {
  return !/^(Describe|List|Get|Head)/.test(operation);
}

/** @param fill - makes the database `hoshizora` with the table `shop.heartbeats` */
export async function setDrillScene(
  fill: (production: ProductionDatabase) => Promise<void>,
  sharesServers = false,
): Promise<DrillScene> {
  await using stack = new AsyncDisposableStack();
  const assembly = await mkdtemp(join(tmpdir(), 'fukugen-assembly-'));
  stack.defer(() => rm(assembly, { recursive: true, force: true }));
  await synthesiseAssembly('rehearsal/aws/backup.config.ts', assembly);
  const cloud = await SimulatedCloud.start(assembly, {
    policy: 'hoshizora',
    account: '111122223333',
    primaryRegion: tokyo,
    replicaRegion: osaka,
    sharesServers,
  });
  stack.use(cloud);
  const { production, shop, carts } = stack.use(await protectProduction(cloud, fill));
  const kept = stack.move();
  return {
    cloud,
    shop,
    carts,
    production,
    records: (region, execution) => {
      const found = cloud.objects.documents(bucketOf(region), `evidence/${region}/`).values() as Iterable<DrillRecord>;
      return Object.fromEntries([...found].filter((one) => one.drill === execution).map((one) => [one.database, one]));
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

export function bucketOf(region: string): string {
  return `hoshizora-evidence-111122223333-${region}`;
}
