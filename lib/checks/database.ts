import { type Resource, textOf } from './resource.ts';

/** An instance or a cluster that holds data of its own: members of clusters, whose data is the cluster's, are not listed. */
export interface Database {
  readonly resource: Resource;
  readonly kind: 'instance' | 'cluster';
  readonly isAurora: boolean;
  /**
   * Whether it exists already, and the template only asks for what it is to have at least: its encryption is not told, and its
   * deletion protection is turned on in any case.
   */
  readonly isAdopted: boolean;
  /** What its settings are called in its properties. */
  readonly settings: Settings;
  readonly arn: string;
  /** For messages. */
  readonly name: string;
}

interface Settings {
  readonly retention: string;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
}

const ofDeclared: Settings = {
  retention: 'BackupRetentionPeriod',
  backupWindow: 'PreferredBackupWindow',
  maintenanceWindow: 'PreferredMaintenanceWindow',
};

const ofAdopted: Settings = {
  retention: 'RetentionDays',
  backupWindow: 'BackupWindow',
  maintenanceWindow: 'MaintenanceWindow',
};

/** What the templates tell of an ARN. */
export interface ArnReader {
  /** Of a resource, by the attribute that holds it. */
  attribute(resource: Resource, attribute: string): string;
  /** As `Fn::Sub` writes it. */
  text(resource: Resource, text: string): string;
}

export function databasesOf(resources: readonly Resource[], arn: ArnReader): Database[] {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const declared = [...ofType('AWS::RDS::DBInstance').filter(holdsItsOwnData), ...ofType('AWS::RDS::DBCluster')];
  // The custom resource of lib/constructs/adopted-databases.ts.
  const adopted = ofType('Custom::AdoptedDatabase');
  return [
    ...declared.map((resource): Database => {
      const kind = resource.type === 'AWS::RDS::DBCluster' ? 'cluster' : 'instance';
      const { Engine, DBInstanceIdentifier, DBClusterIdentifier } = resource.properties;
      return {
        resource,
        kind,
        isAurora: String(Engine).startsWith('aurora'),
        isAdopted: false,
        settings: ofDeclared,
        arn: arn.attribute(resource, kind === 'cluster' ? 'DBClusterArn' : 'DBInstanceArn'),
        name: textOf(DBInstanceIdentifier ?? DBClusterIdentifier) ?? resource.logicalId,
      };
    }),
    ...adopted.map((resource): Database => {
      const { Kind, Identifier } = resource.properties;
      const kind = Kind === 'cluster' ? 'cluster' : 'instance';
      const suffix = `${kind === 'cluster' ? 'cluster' : 'db'}:${Identifier}`;
      return {
        resource,
        kind,
        // A cluster of instances that are not Aurora's cannot be adopted.
        isAurora: kind === 'cluster',
        isAdopted: true,
        settings: ofAdopted,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub is written so
        arn: arn.text(resource, 'arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:').concat(suffix),
        name: textOf(Identifier) ?? resource.logicalId,
      };
    }),
  ];
}

function holdsItsOwnData({ properties }: Resource): boolean {
  const { DBClusterIdentifier, SourceDBInstanceIdentifier, SourceDBClusterIdentifier } = properties;
  return [DBClusterIdentifier, SourceDBInstanceIdentifier, SourceDBClusterIdentifier].every((one) => one === undefined);
}
