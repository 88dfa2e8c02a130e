import type { Duration } from '../policy/duration.ts';
import type { Retention } from '../policy/retention.ts';
import type { BackupPolicy, CloudPolicy, LocalPolicy } from '../policy/schema.ts';
import { addCosts, type Cost } from './bill.ts';
import { regionName } from './copies.ts';
import { databaseCost, objectStorageCost, sharedCost } from './cost.ts';
import { secretsCost, settingsExportCost, uploadsCost } from './cost-beside.ts';
import { coverDatabases, type DatabasePlan } from './coverage.ts';
import { coverSources, type FileSystems, hostOf, type SourcePlan } from './coverage-local.ts';
import { type Expected, expectedUploads } from './expected.ts';
import type { Prices } from './prices.ts';
import { watchingCost } from './watching.ts';

/** What a policy achieves, told before anything runs: arithmetic alone, nothing is asked of AWS or of a store. */
export interface Plan {
  readonly name: string;
  readonly objectives: BackupPolicy['objectives'];
  readonly cloud?: CloudPlan;
  readonly local?: LocalPlan;
  /** USD a month, of everything that is known. */
  readonly cost: Pick<Cost, 'known' | 'unknown'> & { readonly pricesAsOf: string };
  /** Whether every objective can be met. */
  readonly met: boolean;
}

export interface CloudPlan {
  readonly primary: string;
  readonly replica: string;
  /** That the copies belong to. @default - that of the databases */
  readonly copiesAccount?: string;
  readonly cadence: CloudPolicy['cadence'];
  readonly databases: readonly (DatabasePlan & { readonly cost: Cost })[];
  /** @default - no bucket is backed up */
  readonly uploads?: Pick<Expected, 'data' | 'dailyChange'>;
  /** What belongs to no single database, by what it is for. */
  readonly shared: readonly { readonly name: string; readonly cost: Cost }[];
}

export interface LocalPlan {
  readonly sources: readonly SourcePlan[];
  readonly stores: readonly StorePlan[];
}

export interface StorePlan {
  readonly name: string;
  readonly kind: LocalPolicy['stores'][string]['kind'];
  /** @default - a folder of this machine */
  readonly host?: string;
  /** @default - every generation is kept */
  readonly retention?: Retention;
  /** @default - nobody sends a bill for it */
  readonly cost?: Cost;
}

export interface PlanOptions {
  readonly now: Date;
  readonly prices: Prices;
  readonly systems: FileSystems;
  /** The longest restore on record, by the name of the database or source. @default - none is */
  readonly measuredRto?: Readonly<Record<string, Duration>>;
}

/** @throws FukugenError `policy` when a window of a database has no clear place */
export function planPolicy(policy: BackupPolicy, options: PlanOptions): Plan {
  const { prices } = options;
  const cloud = policy.cloud && planCloud(policy.cloud, policy.objectives, options);
  const local = policy.local && planLocal(policy.local, policy.objectives, options);
  const bills = [
    ...(cloud?.databases ?? []).map(({ name, cost }) => [name, cost] as const),
    ...(cloud?.shared ?? []).map(({ name, cost }) => [name, cost] as const),
    ...(local?.stores ?? []).flatMap(({ name, cost }) => (cost ? [[name, cost] as const] : [])),
  ];
  return {
    name: policy.name,
    objectives: policy.objectives,
    ...(cloud && { cloud }),
    ...(local && { local }),
    cost: { ...addCosts(bills), pricesAsOf: prices.asOf },
    met:
      (cloud?.databases ?? []).every(({ problems }) => problems.length === 0) &&
      (local?.sources ?? []).every(isWithinObjectives),
  };
}

function isWithinObjectives({ runEvery, measuredRto, objectives }: SourcePlan): boolean {
  return runEvery !== undefined && (measuredRto?.seconds ?? 0) <= objectives.rto.seconds;
}

function planCloud(cloud: CloudPolicy, objectives: Plan['objectives'], options: PlanOptions): CloudPlan {
  const { prices, measuredRto = {}, now } = options;
  const { uploads, secrets, settingsExport } = cloud;
  return {
    primary: regionName(cloud.primary.region),
    replica: regionName(cloud.replica.region),
    ...(cloud.replica.account && { copiesAccount: cloud.replica.account }),
    cadence: cloud.cadence,
    databases: coverDatabases(cloud, objectives, measuredRto, now).map((database) => ({
      ...database,
      cost: databaseCost(cloud, database.database, prices),
    })),
    ...(uploads && { uploads: expectedUploads(uploads) }),
    shared: [
      { name: 'all databases', cost: sharedCost(cloud, prices) },
      ...(uploads ? [{ name: 'uploads', cost: uploadsCost(cloud, uploads, prices) }] : []),
      ...(secrets ? [{ name: 'secrets', cost: secretsCost(cloud, secrets, prices) }] : []),
      ...(settingsExport ? [{ name: 'settings export', cost: settingsExportCost(cloud, prices) }] : []),
      { name: 'watching', cost: watchingCost(cloud, prices) },
    ],
  };
}

function planLocal(local: LocalPolicy, objectives: Plan['objectives'], options: PlanOptions): LocalPlan {
  const { prices, measuredRto = {}, systems } = options;
  const sizes = Object.values(local.sources).map(({ expected }) => expected?.data?.bytes);
  const bytes = sizes.every((size) => size !== undefined) ? sizes.reduce((total, size) => total + size, 0) : undefined;
  return {
    sources: coverSources(local, objectives, measuredRto, systems),
    stores: Object.entries(local.stores).map(([name, store]) => {
      const host = hostOf(store);
      const { retention = local.retention } = store;
      const cost = host === undefined ? undefined : objectStorageCost(host, bytes && bytes / 1e9, prices);
      return {
        name,
        kind: store.kind,
        ...(host !== undefined && { host }),
        ...(retention && { retention }),
        ...(cost && { cost }),
      };
    }),
  };
}
