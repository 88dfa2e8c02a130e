import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';

/** The engine of an instance that a policy's full version such as `17.6` names. */
export function postgresEngine(version: string): rds.IInstanceEngine {
  return rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of(version, majorOf(version)) });
}

/** The engine of an Aurora cluster that a policy's full version such as `17.5` names. */
export function auroraEngine(version: string): rds.IClusterEngine {
  return rds.DatabaseClusterEngine.auroraPostgres({
    version: rds.AuroraPostgresEngineVersion.of(version, majorOf(version)),
  });
}

export interface PostgresParametersProps {
  /** Identifier of the instance or cluster that the parameters are for. */
  readonly database: string;
  readonly kind: 'instance' | 'cluster';
  /** Full version, such as `17.6`. */
  readonly engineVersion: string;
}

/**
 * The settings of a database. Parameter groups never travel with snapshot copies
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-copy-snapshot.html), so the same one exists in
 * the replica Region under the same name: a restore there would otherwise come up with AWS's defaults.
 */
export class PostgresParameters extends rds.ParameterGroup {
  constructor(scope: Construct, id: string, props: PostgresParametersProps) {
    const { database, kind, engineVersion } = props;
    super(scope, id, {
      name: parameterGroupName(props),
      description: `Settings of ${database}, the same in both Regions`,
      engine: kind === 'instance' ? postgresEngine(engineVersion) : auroraEngine(engineVersion),
      // On by default from PostgreSQL 15 on, off before
      // (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html).
      parameters: { 'rds.force_ssl': '1' },
    });
    // Without a database in the same stack the L2 would create no resource at all.
    if (kind === 'instance') this.bindToInstance({});
    else this.bindToCluster({});
  }
}

/** The family is in the name: it cannot change in place, and a new group under the old name is refused. */
export function parameterGroupName({ database, kind, engineVersion }: PostgresParametersProps): string {
  return `${database}-${kind === 'instance' ? '' : 'aurora-'}postgres${majorOf(engineVersion)}`;
}

function majorOf(version: string): string {
  return version.split('.')[0] as string;
}
