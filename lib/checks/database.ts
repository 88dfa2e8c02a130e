import { type Resource, textOf } from './resource.ts';

/** An instance or a cluster that holds data of its own: members of clusters, whose data is the cluster's, are not listed. */
export interface Database {
  readonly resource: Resource;
  readonly kind: 'instance' | 'cluster';
  readonly isAurora: boolean;
  readonly arn: string;
  /** For messages. */
  readonly name: string;
}

/** @param arn - of a resource, by the attribute that holds it */
export function databasesOf(
  resources: readonly Resource[],
  arn: (resource: Resource, attribute: string) => string,
): Database[] {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  return [...ofType('AWS::RDS::DBInstance').filter(holdsItsOwnData), ...ofType('AWS::RDS::DBCluster')].map(
    (resource) => {
      const kind = resource.type === 'AWS::RDS::DBCluster' ? 'cluster' : 'instance';
      const { Engine, DBInstanceIdentifier, DBClusterIdentifier } = resource.properties;
      return {
        resource,
        kind,
        isAurora: String(Engine).startsWith('aurora'),
        arn: arn(resource, kind === 'cluster' ? 'DBClusterArn' : 'DBInstanceArn'),
        name: textOf(DBInstanceIdentifier ?? DBClusterIdentifier) ?? resource.logicalId,
      };
    },
  );
}

function holdsItsOwnData({ properties }: Resource): boolean {
  const { DBClusterIdentifier, SourceDBInstanceIdentifier, SourceDBClusterIdentifier } = properties;
  return [DBClusterIdentifier, SourceDBInstanceIdentifier, SourceDBClusterIdentifier].every((one) => one === undefined);
}
