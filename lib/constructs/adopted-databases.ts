import { CfnOutput, CustomResource, Duration, Stack, Token, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type AdoptedPolicy, kindOf, type RdsWindows } from '../../core/policy/index.ts';
import type { AdoptionProperties } from '../../lambda/adopter/wanted.ts';
import { databaseArn } from '../names.ts';
import type { Replication } from './database-instance.ts';
import { SettingProvider } from './setting-provider.ts';

export interface AdoptedDatabase {
  /** In the policy. */
  readonly name: string;
  /** Of RDS. */
  readonly identifier: string;
  readonly policy: AdoptedPolicy;
  readonly windows: RdsWindows;
  /** Where automated backups are replicated to. @default - not by this app */
  readonly replication?: Replication | undefined;
}

/**
 * Databases that exist already. A function reads each, raises what is less than the policy and leaves the rest, at every
 * deployment that changes what is said of it here; see lambda/adopter. When the stack goes, everything stays as it is.
 */
export class AdoptedDatabases extends Construct {
  constructor(scope: Construct, id: string, { databases }: { readonly databases: readonly AdoptedDatabase[] }) {
    super(scope, id);
    const provider = new SettingProvider(this, 'Provider', {
      folder: 'adopter',
      description: 'Raises the protection of databases that exist already, and never lowers any',
      statements: databases.flatMap((database) => statements(this, database)),
      // The most that the framework waits. The first automated backup of an instance takes longest.
      settlesWithin: Duration.hours(2),
    });
    for (const { role } of provider.functions) acknowledgeBackupWildcards(role, databases);
    for (const database of databases) {
      const resource = new CustomResource(this, database.name, {
        serviceToken: provider.serviceToken,
        resourceType: 'Custom::AdoptedDatabase',
        properties: { ...properties(database) },
      });
      for (const [name, description] of [
        ['Changes', `What the last deployment changed on ${database.identifier}`],
        ['Kept', `What it left on ${database.identifier}, since it is more or cannot be more`],
      ] as const) {
        new CfnOutput(this, `${database.name}${name}`, { value: resource.getAttString(name), description });
      }
    }
  }
}

function properties({ identifier, policy, windows, replication }: AdoptedDatabase): AdoptionProperties {
  return {
    Kind: kindOf(policy),
    Identifier: identifier,
    RetentionDays: Math.ceil(policy.automatedBackupRetention.days),
    BackupWindow: windows.backup,
    MaintenanceWindow: windows.maintenance,
    AllowOutage: policy.allowOutage,
    AcknowledgeUnencrypted: policy.acknowledgeUnencrypted,
    ...(policy.key && { KeyArn: policy.key }),
    ...(replication && { ReplicationRegion: replication.region, ReplicationKeyArn: replication.keyArn }),
  };
}

/**
 * IAM has no condition for a retention or for deletion protection, so which database is all that a statement can say; that
 * nothing is lowered is the function's own doing, and tested there. Deletion, restore and snapshots are not in here.
 */
function statements(scope: Construct, { identifier, policy, replication }: AdoptedDatabase): iam.PolicyStatement[] {
  const kind = kindOf(policy);
  const arn = databaseArn(scope, kind, identifier);
  const noun = kind === 'instance' ? 'DBInstance' : 'DBCluster';
  const own = new iam.PolicyStatement({ actions: [`rds:Describe${noun}s`, `rds:Modify${noun}`], resources: [arn] });
  // To tell a key of AWS from a customer's. A key of another account says so only if its own policy lets it.
  const ofKey = policy.key ? [new iam.PolicyStatement({ actions: ['kms:DescribeKey'], resources: [policy.key] })] : [];
  if (!replication) return [own, ...ofKey];
  const { region, keyArn } = replication;
  return [
    own,
    ...ofKey,
    new iam.PolicyStatement({
      actions: ['rds:DescribeDBInstanceAutomatedBackups', 'rds:StartDBInstanceAutomatedBackupsReplication'],
      resources: [arn, backupsIn(scope, region)],
    }),
    // RDS takes a grant for itself on the key it is told to use.
    new iam.PolicyStatement({
      actions: ['kms:CreateGrant', 'kms:DescribeKey'],
      resources: [keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `rds.${region}.amazonaws.com` } },
    }),
  ];
}

/** Replicated backups get an id from RDS when they are made. */
function backupsIn(scope: Construct, region: string): string {
  const { partition, account } = Stack.of(scope);
  return `arn:${partition}:rds:${region}:${account}:auto-backup:*`;
}

function acknowledgeBackupWildcards(role: iam.Role, databases: readonly AdoptedDatabase[]): void {
  const regions = new Set(databases.flatMap(({ replication }) => replication?.region ?? []));
  // As cdk-nag writes what only the deployment knows.
  const shown = (value: string, pseudo: string) => (Token.isUnresolved(value) ? `<AWS::${pseudo}>` : value);
  const { partition, account } = Stack.of(role);
  for (const region of regions) {
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:${shown(partition, 'Partition')}:rds:${region}:${shown(account, 'AccountId')}:auto-backup:*]`,
      reason: 'RDS gives a replicated backup its id when the replication starts, so no statement can name it before',
    });
  }
}
