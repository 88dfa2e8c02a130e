import type { DrillOrigin } from '../../core/evidence/record.ts';
import type { DrilledDatabase } from '../shared/drill-plan.ts';
import { operatorError } from './errors.ts';
import type { OperatorHost, RecoveryPoint, RestoreWindow } from './host.ts';
import type { DrillTarget } from './messages.ts';

export interface FoundOrigin {
  readonly origin: DrillOrigin;
  readonly engineVersion: string | undefined;
}

/** A moment that is this close to the newest is not chosen: log files are shipped every 5 minutes. */
const shipped = 5 * 60_000;

const gibibyte = 2 ** 30;

/**
 * Decides what is restored. It is asked once for a target; what it found is noted.
 *
 * @throws `NothingToRestore`
 */
export async function findOrigin(
  target: DrillTarget,
  database: DrilledDatabase,
  host: OperatorHost,
): Promise<FoundOrigin> {
  if (target.source === 'point-in-time') return momentOf(database, host);
  const { plan } = host;
  const points = await host.recoveryPoints(arnOf(database, host));
  const point = target.source === 'random' ? points[host.random(points.length)] : points[0];
  if (!point) {
    throw operatorError(
      'NothingToRestore',
      `the vault ${plan.vault} holds no completed recovery point of ${database.name}`,
    );
  }
  const { described, engineVersion } = await describeSnapshot(database.kind, point, host);
  return {
    origin: { recoveryPoint: point.arn, createdAt: point.createdAt.toISOString(), ...described },
    engineVersion,
  };
}

/** ARN of the source, which is in the primary Region, wherever it is restored. */
export function arnOf({ resource }: DrilledDatabase, { settings }: OperatorHost): string {
  const [service, region, ...rest] = resource.split(':');
  return ['arn', settings.partition, service, region, settings.account, ...rest].join(':');
}

/** What RDS's calls take, of a recovery point's ARN: what follows `snapshot:`. */
export function snapshotOf(recoveryPoint: string): string {
  return recoveryPoint.split(':').slice(6).join(':');
}

async function describeSnapshot(kind: DrilledDatabase['kind'], point: RecoveryPoint, host: OperatorHost) {
  const identifier = snapshotOf(point.arn);
  if (kind === 'instance') {
    const found = await host.instanceSnapshot(identifier);
    if (!found) throw vanished(identifier);
    const { SnapshotDatabaseTime, OriginalSnapshotCreateTime, SnapshotCreateTime, AllocatedStorage, EngineVersion } =
      found;
    const made = OriginalSnapshotCreateTime ?? SnapshotCreateTime;
    return { described: describe(SnapshotDatabaseTime, made, AllocatedStorage), engineVersion: EngineVersion };
  }
  const found = await host.clusterSnapshot(identifier);
  if (!found) throw vanished(identifier);
  const { SnapshotCreateTime, SourceDBClusterSnapshotArn, EngineVersion } = found;
  // Of a copy that may be when it was copied; the job of the recovery point, which a copy inherits, began before there was
  // a snapshot, so it never flatters.
  return {
    described: describe(undefined, SourceDBClusterSnapshotArn ? point.createdAt : SnapshotCreateTime, undefined),
    engineVersion: EngineVersion,
  };
}

function describe(databaseTime: Date | undefined, madeAt: Date | undefined, gibibytes: number | undefined) {
  const time = databaseTime ?? madeAt;
  return {
    ...(time && { databaseTime: time.toISOString() }),
    basis: databaseTime ? ('snapshot-database-time' as const) : ('snapshot-create-time' as const),
    ...(gibibytes !== undefined && { bytes: gibibytes * gibibyte }),
  };
}

/** It expired between the list and the look; another is chosen when the step is asked again. */
function vanished(identifier: string): Error {
  return operatorError('NotYet', `the snapshot ${identifier} is listed in the vault and RDS does not know it`);
}

async function momentOf(database: DrilledDatabase, host: OperatorHost): Promise<FoundOrigin> {
  const { earliest, latest, gibibytes, engineVersion } = await windowOf(database, host);
  // Whole seconds: what RDS takes.
  const from = Math.ceil((earliest?.getTime() ?? Number.NaN) / 1_000);
  const to = Math.floor(((latest?.getTime() ?? Number.NaN) - shipped) / 1_000);
  if (!latest || !(to > from)) {
    throw operatorError(
      'NothingToRestore',
      `automated backups of ${database.name} reach no point in time in this Region yet: ${earliest?.toISOString() ?? 'none'} to ${latest?.toISOString() ?? 'none'}`,
    );
  }
  const restoreTime = new Date((from + host.random(to - from)) * 1_000).toISOString();
  return {
    origin: {
      restoreTime,
      latestRestorable: latest.toISOString(),
      databaseTime: restoreTime,
      basis: 'restore-time',
      ...(gibibytes !== undefined && { bytes: gibibytes * gibibyte }),
    },
    engineVersion,
  };
}

/** Between which moments any can be restored here. */
async function windowOf(database: DrilledDatabase, host: OperatorHost): Promise<RestoreWindow> {
  if (database.kind === 'cluster') {
    const found = await host.cluster(database.identifier);
    if (!found) throw noBackups(database);
    const { EarliestRestorableTime: earliest, LatestRestorableTime: latest, EngineVersion: engineVersion } = found;
    return { earliest, latest, engineVersion };
  }
  const found = await host.automatedBackups(arnOf(database, host));
  if (!found) throw noBackups(database);
  return found;
}

function noBackups({ name }: DrilledDatabase): Error {
  return operatorError('NothingToRestore', `there are no automated backups of ${name} in this Region`);
}
