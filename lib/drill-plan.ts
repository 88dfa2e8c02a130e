import { drillChecks } from '../core/policy/drills.ts';
import {
  type CloudPolicy,
  type DatabasePolicy,
  type DrillsPolicy,
  isMade,
  isReplicated,
  kindOf,
  type Place,
  scratchPrefix,
  vaultName,
} from '../core/policy/index.ts';
import type { DrilledDatabase, DrillPlan } from '../lambda/shared/drill-plan.ts';
import { parameterGroupName } from './constructs/postgres-parameters.ts';
import { drillName } from './drill-names.ts';
import { databaseIdentifier } from './names.ts';
import type { OwnChecks } from './own-checks.ts';

export interface DrillInputs {
  /** Of the policy. */
  readonly name: string;
  readonly language: 'en' | 'ja';
  readonly objectives: Objectives;
  readonly cloud: CloudPolicy & { readonly drills: DrillsPolicy };
  readonly ownChecks: OwnChecks;
}

export interface Objectives {
  readonly rpo: { readonly seconds: number };
  readonly rto: { readonly seconds: number };
}

/** What the drill of one place knows of the policy: nothing in it is known only at deployment, so every synth writes the same. */
export function drillPlanOf({ name, language, objectives, cloud, ownChecks }: DrillInputs, place: Place): DrillPlan {
  const { drills, notices } = cloud;
  return {
    policy: name,
    language,
    ...(notices.runbooks && { runbooks: notices.runbooks }),
    place,
    primaryRegion: cloud.primary.region,
    replicaRegion: cloud.replica.region,
    vault: vaultName(name, place),
    scratchPrefix: scratchPrefix(name),
    subnetGroup: drillName(name),
    timezone: cloud.cadence.timezone,
    concurrency: drills.concurrency,
    timeLimitSeconds: drills.timeLimit.seconds,
    waitUntilLoaded: drills.waitUntilLoaded,
    keepEvidenceDays: drills.keepEvidence.days,
    checks: checksOf(drills),
    ownChecks: ownChecks.ofAll,
    databases: Object.entries(cloud.databases).map(([key, database]) => {
      const identifier = databaseIdentifier(name, key, database);
      return {
        name: key,
        kind: kindOf(database),
        identifier,
        resource: `rds:${cloud.primary.region}:${kindOf(database) === 'instance' ? 'db' : 'cluster'}:${identifier}`,
        hasAutomatedBackups: hasAutomatedBackups(cloud, place, database),
        ...scratchSettings(identifier, database),
        objectives: {
          rpoSeconds: (database.objectives?.rpo ?? objectives.rpo).seconds,
          rtoSeconds: (database.objectives?.rto ?? objectives.rto).seconds,
        },
        freshness: database.drill.freshness.map(freshnessOf),
        shrinkage: drills.shrinkage,
        ...(ownChecks.of[key]?.length && { ownChecks: ownChecks.of[key] }),
        hasBaseline: database.drill.baseline !== undefined && arrivesAt(cloud, place),
      };
    }),
  };
}

function checksOf({ checks }: DrillsPolicy): DrillPlan['checks'] {
  const severities = Object.entries({ ...drillChecks, ...checks }).filter(([, severity]) => severity !== 'off');
  return Object.fromEntries(severities) as DrillPlan['checks'];
}

/** Replicated automated backups stay in the account of their database, which a vault in a second account is not in. */
function hasAutomatedBackups({ replica }: CloudPolicy, place: Place, database: DatabasePolicy): boolean {
  return place === 'primary' || (isReplicated(database) && replica.account === undefined);
}

/** Baselines are taken in the primary Region and replicated, within one account. */
function arrivesAt({ replica }: CloudPolicy, place: Place): boolean {
  return place === 'primary' || replica.account === undefined;
}

function scratchSettings(
  identifier: string,
  database: DatabasePolicy,
): Pick<DrilledDatabase, 'instanceClass' | 'parameterGroup' | 'usdPerHour'> {
  const { instanceClass, parameterGroup, usdPerHour } = database.drill;
  const group = isMade(database)
    ? parameterGroupName({ database: identifier, kind: database.kind, engineVersion: database.engineVersion })
    : parameterGroup;
  return {
    ...(instanceClass && { instanceClass }),
    ...(group && { parameterGroup: group }),
    ...(usdPerHour !== undefined && { usdPerHour }),
  };
}

type Freshness = DatabasePolicy['drill']['freshness'][number];

function freshnessOf({ table, column, within }: Freshness): DrilledDatabase['freshness'][number] {
  const slash = table.indexOf('/');
  return {
    ...(slash > 0 && { database: table.slice(0, slash) }),
    table: table.slice(slash + 1),
    column,
    withinSeconds: within.seconds,
  };
}
