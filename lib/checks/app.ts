import { Intrinsics } from './intrinsics.ts';
import { type Plan, plansOf } from './plan.ts';
import type { Resource, StackTemplate } from './resource.ts';
import { textOf } from './resource.ts';

/** An instance or a cluster that holds data of its own: members of clusters, whose data is the cluster's, are not listed. */
export interface Database {
  readonly resource: Resource;
  readonly kind: 'instance' | 'cluster';
  readonly isAurora: boolean;
  readonly arn: string;
  /** For messages. */
  readonly name: string;
}

const vaultTypes = ['AWS::Backup::BackupVault', 'AWS::Backup::LogicallyAirGappedBackupVault'];

/** The templates of all stacks, read together. */
export class SynthesisedApp {
  readonly now: Date;
  readonly resources: readonly Resource[];
  readonly databases: readonly Database[];
  readonly plans: readonly Plan[];
  /** By their ARN. */
  readonly vaults: ReadonlyMap<string, Resource>;
  /** False with nested stacks, whose templates are not read: then nothing may be said to be missing. */
  readonly isWhole: boolean;

  constructor(stacks: readonly StackTemplate[], now: Date) {
    const intrinsics = new Intrinsics(stacks);
    this.now = now;
    this.resources = stacks.flatMap((stack) =>
      Object.entries(stack.template.Resources ?? {}).map(([logicalId, { Type, Properties }]) => ({
        stack,
        logicalId,
        type: Type,
        properties: intrinsics.resolve(Properties ?? {}, stack) as Resource['properties'],
      })),
    );
    const arn = ({ stack, logicalId }: Resource, attribute: string) =>
      String(intrinsics.resolve({ 'Fn::GetAtt': [logicalId, attribute] }, stack));
    this.databases = [
      ...this.ofType('AWS::RDS::DBInstance').filter(holdsItsOwnData),
      ...this.ofType('AWS::RDS::DBCluster'),
    ].map((resource) => {
      const kind = resource.type === 'AWS::RDS::DBCluster' ? 'cluster' : 'instance';
      const { Engine, DBInstanceIdentifier, DBClusterIdentifier } = resource.properties;
      return {
        resource,
        kind,
        isAurora: String(Engine).startsWith('aurora'),
        arn: arn(resource, kind === 'cluster' ? 'DBClusterArn' : 'DBInstanceArn'),
        name: textOf(DBInstanceIdentifier ?? DBClusterIdentifier) ?? resource.logicalId,
      };
    });
    this.vaults = new Map(
      vaultTypes.flatMap((type) => this.ofType(type)).map((vault) => [arn(vault, 'BackupVaultArn'), vault]),
    );
    this.plans = plansOf(this);
    this.isWhole = this.ofType('AWS::CloudFormation::Stack').length === 0;
  }

  ofType(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }
}

function holdsItsOwnData({ properties }: Resource): boolean {
  const { DBClusterIdentifier, SourceDBInstanceIdentifier, SourceDBClusterIdentifier } = properties;
  return [DBClusterIdentifier, SourceDBInstanceIdentifier, SourceDBClusterIdentifier].every((one) => one === undefined);
}
