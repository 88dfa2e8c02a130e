import type { Tag } from '@aws-sdk/client-rds';
import type { OriginNote } from '../../core/evidence/record.ts';
import { type DrilledDatabase, scratchPort } from '../shared/drill-plan.ts';
import { operatorError } from './errors.ts';
import { arnOf, snapshotOf } from './find-origin.ts';
import type { RestoreRequest } from './guard.ts';
import type { OperatorHost } from './host.ts';
import type { DrillTarget } from './messages.ts';
import { tagsOf } from './scratch.ts';

/**
 * Aurora capacity units of a scratch on db.serverless, of about 2 GiB of memory each: it rests at the least that never pauses,
 * and grows for the checks (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html).
 */
const serverlessCapacity = { MinCapacity: 0.5, MaxCapacity: 16 };

/** How the scratch is asked for. Nothing is left to a default that would come from the source. */
export async function restoreRequest(
  target: DrillTarget,
  database: DrilledDatabase,
  { origin, scratch }: OriginNote,
  host: OperatorHost,
): Promise<RestoreRequest> {
  const { plan, settings } = host;
  const group = await parameterGroupOf(database, scratch.engineVersion, host);
  const both = {
    DBSubnetGroupName: plan.subnetGroup,
    VpcSecurityGroupIds: [settings.securityGroup],
    Port: scratchPort,
    Tags: asList(tagsOf(plan, target)),
    // On the snapshots that RDS may make of it on its own, so that those can be told and swept.
    CopyTagsToSnapshot: true,
    DeletionProtection: false,
    EnableIAMDatabaseAuthentication: false,
    EnableCloudwatchLogsExports: [],
  };
  if (target.kind === 'instance') {
    const input = {
      ...both,
      BackupRetentionPeriod: 0,
      PubliclyAccessible: false,
      MultiAZ: false,
      AutoMinorVersionUpgrade: false,
      ...(database.instanceClass && { DBInstanceClass: database.instanceClass }),
      ...(group && { DBParameterGroupName: group }),
    };
    if (origin.recoveryPoint) {
      const DBSnapshotIdentifier = snapshotOf(origin.recoveryPoint);
      return {
        call: 'instance-from-snapshot',
        input: { ...input, DBInstanceIdentifier: target.scratch, DBSnapshotIdentifier },
      };
    }
    return {
      call: 'instance-to-point-in-time',
      input: {
        ...input,
        ...(await sourceOf(database, host)),
        TargetDBInstanceIdentifier: target.scratch,
        RestoreTime: new Date(origin.restoreTime as string),
      },
    };
  }
  const input = {
    ...both,
    // Aurora keeps at least one day.
    BackupRetentionPeriod: 1,
    DBClusterIdentifier: target.scratch,
    ServerlessV2ScalingConfiguration: serverlessCapacity,
    ...(group && { DBClusterParameterGroupName: group }),
  };
  if (origin.recoveryPoint) {
    return {
      call: 'cluster-from-snapshot',
      input: {
        ...input,
        SnapshotIdentifier: snapshotOf(origin.recoveryPoint),
        Engine: clusterEngine,
        ...(scratch.engineVersion && { EngineVersion: scratch.engineVersion }),
      },
    };
  }
  return {
    call: 'cluster-to-point-in-time',
    input: {
      ...input,
      SourceDBClusterIdentifier: database.identifier,
      RestoreType: 'full-copy',
      RestoreToTime: new Date(origin.restoreTime as string),
    },
  };
}

/** The only engine of clusters that policies know. */
export const clusterEngine = 'aurora-postgresql';

/** In the replica Region there is no source, only its automated backups. */
async function sourceOf(database: DrilledDatabase, host: OperatorHost) {
  if (host.plan.place === 'primary') return { SourceDBInstanceIdentifier: database.identifier };
  const backups = await host.automatedBackups(arnOf(database, host));
  if (!backups) {
    throw operatorError('NothingToRestore', `the replicated automated backups of ${database.name} are gone`);
  }
  return { SourceDBInstanceAutomatedBackupsArn: backups.arn };
}

/**
 * RDS would take the engine's default group, and the drill would miss what the database needs: preloaded libraries, TLS. An
 * adopted database's own group is in its own Region only, and no use after a change of the major version.
 */
async function parameterGroupOf(
  database: DrilledDatabase,
  engineVersion: string | undefined,
  host: OperatorHost,
): Promise<string | undefined> {
  if (database.parameterGroup || host.plan.place === 'replica') return database.parameterGroup;
  if (database.kind === 'cluster') {
    const source = await host.cluster(database.identifier);
    return isSameMajor(source?.EngineVersion, engineVersion) ? source?.DBClusterParameterGroup : undefined;
  }
  const source = await host.instance(database.identifier);
  const group = source?.DBParameterGroups?.[0]?.DBParameterGroupName;
  return isSameMajor(source?.EngineVersion, engineVersion) ? group : undefined;
}

function isSameMajor(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one.split('.')[0] === other?.split('.')[0];
}

export function asList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
