import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { type DatabaseInput, synthesise } from '../synthesise.ts';

const key = 'arn:aws:kms:ap-northeast-1:111122223333:key/0f3c-1';
const kept = { subnetGroup: 'prod-subnets', securityGroups: ['sg-0123456789abcdef0'], key };
const adopted = {
  members: { kind: 'adopted', instance: 'members-prod' },
  sessions: { kind: 'adopted', cluster: 'sessions-prod', copyEvery: '24h' },
  audit: { kind: 'adopted', instance: 'audit-prod' },
} as const;
const imported: Record<'members' | 'sessions' | 'audit', DatabaseInput> = {
  members: {
    kind: 'instance',
    engineVersion: '17.6',
    instanceClass: 'db.m6g.large',
    storage: '200GiB',
    multiAz: true,
    automatedBackupRetention: '15d',
    existing: { identifier: 'members-prod', parameterGroup: 'members-pg17', ...kept },
  },
  sessions: {
    kind: 'cluster',
    engineVersion: '17.5',
    readers: 1,
    capacity: { min: 1, max: 8 },
    copyEvery: '24h',
    existing: {
      identifier: 'sessions-prod',
      parameterGroup: 'sessions-pg17',
      instances: ['sessions-prod-a', 'sessions-prod-b'],
      ...kept,
    },
  },
  audit: adopted.audit,
};

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string[];
}
let before: ReturnType<typeof synthesise>;
let after: ReturnType<typeof synthesise>;
let added: Resource[];

beforeAll(() => {
  before = synthesise({ databases: adopted });
  after = synthesise({ databases: imported });
  const [old, current] = [resourcesOf(before.Database), resourcesOf(after.Database)];
  added = Object.entries(current)
    .filter(([id]) => !(id in old))
    .map(([, resource]) => resource);
});

const resourcesOf = (template: Template) => template.toJSON().Resources as Record<string, Resource>;

describe('an adopted database that is declared as one that exists', () => {
  test('adds itself to the stack, and nothing that an import could not take in', () => {
    expect(
      added.map(({ Type, Properties }) => [Type, Properties.DBInstanceIdentifier ?? Properties.DBClusterIdentifier]),
    ).toEqual([
      ['AWS::RDS::DBInstance', 'members-prod'],
      ['AWS::RDS::DBCluster', 'sessions-prod'],
      ['AWS::RDS::DBInstance', 'sessions-prod-a'],
      ['AWS::RDS::DBInstance', 'sessions-prod-b'],
    ]);
  });

  test('stays when it is taken out, without which CloudFormation imports nothing', () => {
    for (const { DeletionPolicy, UpdateReplacePolicy } of added)
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });

  test('refers to no resource of its stack: all names are those it has', () => {
    const text = JSON.stringify(added);
    expect(text).not.toMatch(/"Ref"|Fn::GetAtt|Fn::Join|Fn::Sub|DependsOn/);
    // The key of the replicated backups is the one value of another stack (docs/adr/0003-weak-references.md).
    expect(text.match(/Fn::\w+/g)).toEqual(['Fn::GetStackOutput']);
  });

  test('says nothing of a master user or password, which stay as they are', () => {
    expect(JSON.stringify(added)).not.toMatch(/Master|Password|Secret/);
  });

  test('holds what the policy says, by the names that it has', () => {
    const [instance, cluster, writer] = added.map(({ Properties }) => Properties);
    expect(instance).toMatchObject({
      DBInstanceClass: 'db.m6g.large',
      EngineVersion: '17.6',
      AllocatedStorage: '200',
      MultiAZ: true,
      KmsKeyId: key,
      StorageEncrypted: true,
      DBSubnetGroupName: 'prod-subnets',
      VPCSecurityGroups: ['sg-0123456789abcdef0'],
      DBParameterGroupName: 'members-pg17',
      BackupRetentionPeriod: 15,
      DeletionProtection: true,
      CopyTagsToSnapshot: true,
      AutomaticBackupReplicationRegion: 'ap-northeast-3',
    });
    expect(cluster).toMatchObject({
      EngineVersion: '17.5',
      ServerlessV2ScalingConfiguration: { MinCapacity: 1, MaxCapacity: 8 },
      DBClusterParameterGroupName: 'sessions-pg17',
      KmsKeyId: key,
      VpcSecurityGroupIds: ['sg-0123456789abcdef0'],
      BackupRetentionPeriod: 15,
      DeletionProtection: true,
    });
    expect(writer).toMatchObject({ DBClusterIdentifier: 'sessions-prod', DBInstanceClass: 'db.serverless' });
  });

  test('is given no windows other than those that it was given when it was adopted', () => {
    const adoption = Object.values(resourcesOf(before.Database)).find(
      ({ Properties }) => Properties.Identifier === 'members-prod',
    );
    const [instance] = added;
    expect(instance?.Properties.PreferredBackupWindow).toBe(adoption?.Properties.BackupWindow);
    expect(instance?.Properties.PreferredMaintenanceWindow).toBe(adoption?.Properties.MaintenanceWindow);
    expect(instance?.Properties.BackupRetentionPeriod).toBe(adoption?.Properties.RetentionDays);
  });

  test('takes the adoption out, and leaves the others in', () => {
    const adoptions = (template: Template) =>
      Object.values(resourcesOf(template))
        .filter(({ Type }) => Type === 'Custom::AdoptedDatabase')
        .map(({ Properties }) => Properties.Identifier);
    expect(adoptions(before.Database)).toEqual(['members-prod', 'sessions-prod', 'audit-prod']);
    expect(adoptions(after.Database)).toEqual(['audit-prod']);
  });

  test('changes nothing for the plans: the same database is selected, and watched under the same name', () => {
    const selected = (template: Template) =>
      Object.values(resourcesOf(template))
        .filter(({ Type }) => Type === 'AWS::Backup::BackupSelection')
        .map(({ Properties }) => (Properties.BackupSelection as { Resources: unknown }).Resources);
    expect(selected(after.Backup)).toEqual(selected(before.Backup));
    expect(after.Replica.toJSON()).toEqual(before.Replica.toJSON());
  });

  test('is known to the notifier by each of its instances', () => {
    const functions = Object.values(after.Watch.findResources('AWS::Lambda::Function'));
    const told = JSON.stringify(functions.map(({ Properties }) => Properties.Environment?.Variables.NOTIFIER));
    expect(told.replaceAll('\\', '')).toMatch(/"members":\{"sessions":\["sessions-prod-a","sessions-prod-b"\]\}/);
  });
});

test('with nothing to make, the stack makes no network', () => {
  const { Database, Replica } = synthesise({ databases: { members: imported.members } });
  expect(Object.values(resourcesOf(Database)).map(({ Type }) => Type)).toEqual(['AWS::RDS::DBInstance']);
  Replica.resourceCountIs('AWS::RDS::DBParameterGroup', 0);
});
