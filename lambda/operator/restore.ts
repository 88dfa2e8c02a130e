import { RDSServiceException } from '@aws-sdk/client-rds';
import type { OriginNote } from '../../core/evidence/record.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import type { DrilledDatabase } from '../shared/drill-plan.ts';
import { isTransient, operatorError } from './errors.ts';
import { findOrigin } from './find-origin.ts';
import type { OperatorHost } from './host.ts';
import type { DrillTarget } from './messages.ts';
import { refuseBroken } from './progress.ts';
import { thingOfCluster, thingOfInstance } from './rds-things.ts';
import { asList, clusterEngine, restoreRequest } from './restore-request.ts';
import { memberName, type Thing, tagsOf } from './scratch.ts';
import { noteRefused } from './sightings.ts';

/**
 * Decides what is restored, writes that down, and only then asks RDS: what a killed function asked for is known, and found
 * again by the next delivery.
 *
 * @throws `NothingToRestore`, `NotOurs`
 */
export async function restore(target: DrillTarget, database: DrilledDatabase, host: OperatorHost): Promise<void> {
  const { notebook } = host;
  const key = drillKeys.origin(target);
  const note =
    (await notebook.read<OriginNote>(key)) ?? (await notebook.settle(key, await decide(target, database, host)));
  const existing = await scratchOf(target, host);
  if (existing) return host.guard.verify(existing, target);
  const request = await restoreRequest(target, database, note, host);
  await notebook.settle(drillKeys.mark(target, 'restore-asked'), { at: host.now().toISOString() });
  await made(host.guard.restore(request, target), target, target.scratch, () => scratchOf(target, host), host);
}

async function decide(target: DrillTarget, database: DrilledDatabase, host: OperatorHost): Promise<OriginNote> {
  const { origin, engineVersion } = await findOrigin(target, database, host);
  const { instanceClass = target.kind === 'cluster' ? serverless : undefined } = database;
  return {
    origin,
    ...(engineVersion && { engineVersion }),
    scratch: {
      identifier: target.scratch,
      ...(instanceClass && { instanceClass }),
      ...(engineVersion && { engineVersion }),
    },
  };
}

const serverless = 'db.serverless';

/** A cluster is restored without an instance, and answers no query until it has one. */
export async function addInstance(target: DrillTarget, database: DrilledDatabase, host: OperatorHost): Promise<void> {
  const { notebook, plan, guard } = host;
  const identifier = memberName(target.scratch);
  const look = async () => {
    const found = await host.instance(identifier);
    return found && thingOfInstance(found);
  };
  const existing = await look();
  if (existing) return guard.verify(existing, target);
  refuseBroken(target.scratch, (await host.cluster(target.scratch))?.Status);
  await notebook.settle(drillKeys.mark(target, 'instance-asked'), { at: host.now().toISOString() });
  const input = {
    DBInstanceIdentifier: identifier,
    DBClusterIdentifier: target.scratch,
    DBInstanceClass: database.instanceClass ?? serverless,
    Engine: clusterEngine,
    Tags: asList(tagsOf(plan, target)),
    PubliclyAccessible: false,
    AutoMinorVersionUpgrade: false,
    EnablePerformanceInsights: false,
    MonitoringInterval: 0,
  };
  await made(guard.addInstance(input, target), target, identifier, look, host);
}

/** The scratch itself: instance or cluster. */
async function scratchOf({ kind, scratch }: DrillTarget, host: OperatorHost): Promise<Thing | undefined> {
  if (kind === 'instance') {
    const found = await host.instance(scratch);
    return found && thingOfInstance(found);
  }
  const found = await host.cluster(scratch);
  return found && thingOfCluster(found);
}

/** A killed function may have asked before, and RDS knows what it was asked for before it shows it. */
async function made(
  asked: Promise<void>,
  target: DrillTarget,
  name: string,
  look: () => Promise<Thing | undefined>,
  host: OperatorHost,
): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof RDSServiceException && /^DB(Instance|Cluster)AlreadyExists(Fault)?$/.test(error.name)) {
      const existing = await look();
      if (existing) await host.guard.verify(existing, target);
      return;
    }
    // Tear-down need not wait for what never comes. An answer that was lost says nothing.
    if (!isTransient(error)) await noteRefused(target, name, host);
    throw error;
  }
}

/** What the policy says of the target's database. */
export function databaseOf({ database }: DrillTarget, { plan }: OperatorHost): DrilledDatabase {
  const found = plan.databases.find(({ name }) => name === database);
  if (!found) throw operatorError('NothingToRestore', `the policy no longer names a database ${database}`);
  return found;
}
