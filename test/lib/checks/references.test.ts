import { expect, test } from '@jest/globals';
import { App, CfnOutput, CfnResource, Duration, Fn, Stack, Stage } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as events from 'aws-cdk-lib/aws-events';
import * as rds from 'aws-cdk-lib/aws-rds';
import { declareCloud } from '../../../lib/cloud.ts';
import { account, cloudPolicy, newApp } from '../synthesise.ts';
import { arnOf, estate, vaultArn } from './estate.ts';
import { findingsOf } from './findings.ts';

const copyTo = (destinationBackupVaultArn: string) => [
  { destinationBackupVaultArn, lifecycle: { deleteAfterDays: 14 } },
];
const copyFindings = (app: App) =>
  findingsOf(app)
    .map(({ id }) => id)
    .filter((id) => id.startsWith('copy'));

test.each([
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub is written so
  ['Fn::Sub', () => Fn.sub('arn:aws:backup:ap-northeast-3:${AWS::AccountId}:backup-vault:shop-nowhere')],
  [
    'Fn::Sub with values of its own',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
    () => Fn.sub('arn:aws:backup:${place}:${AWS::AccountId}:backup-vault:shop-nowhere', { place: 'ap-northeast-3' }),
  ],
  [
    'Fn::Join',
    () =>
      Fn.join(':', [
        'arn',
        'aws',
        'backup',
        'ap-northeast-3',
        Fn.ref('AWS::AccountId'),
        'backup-vault',
        'shop-nowhere',
      ]),
  ],
  ['Fn::Select of Fn::Split', () => Fn.select(1, Fn.split('|', `a|${vaultArn('shop-nowhere')}`))],
])('follows %s', (_what, arn) => {
  const { app, rule } = estate();
  rule.copyActions = copyTo(arn());
  expect(copyFindings(app)).toEqual(['copy-vault[every-3h]']);
});

test('follows a weak reference to a stack in another Region', () => {
  const { app, rule, replicaVault, osaka } = estate();
  Object.assign(replicaVault, { encryptionKeyArn: undefined });
  new CfnOutput(osaka, 'VaultArn', { value: replicaVault.attrBackupVaultArn });
  rule.copyActions = copyTo({
    'Fn::GetStackOutput': { StackName: 'Osaka', OutputName: 'VaultArn', Region: 'ap-northeast-3' },
  } as unknown as string);
  expect(copyFindings(app)).toEqual(['copy-key[every-3h]']);
});

test('follows an export of another stack of the same Region', () => {
  const { app, database, tokyo, selection } = estate();
  new CfnOutput(tokyo, 'Arn', { value: database.attrDbInstanceArn, exportName: 'main-arn' });
  selection.resources = [Fn.importValue('main-arn'), arnOf('cluster:shop-carts')];
  expect(findingsOf(app)).toEqual([]);
});

test('takes a vault of a name that the templates do not tell for none that is missing', () => {
  const { app, rule } = estate();
  rule.copyActions = copyTo(vaultArn('{{resolve:ssm:/vault}}'));
  expect(copyFindings(app)).toEqual([]);
});

test('says nothing to be missing where a nested stack may hold it', () => {
  const { app, tokyo, selection } = estate();
  selection.resources = [arnOf('db:shop-main')];
  new CfnResource(tokyo, 'Nested', {
    type: 'AWS::CloudFormation::Stack',
    properties: { TemplateURL: 'https://example.com' },
  });
  expect(findingsOf(app)).toEqual([]);
});

test('judges the constructs of CDK in a stack that knows neither account nor Region, and in a stage', () => {
  const app = new App({ autoSynth: false });
  const stack = new Stack(new Stage(app, 'Production'), 'Shop');
  const cluster = new rds.CfnDBCluster(stack, 'Orders', { engine: 'aurora-postgresql', deletionProtection: true });
  const plan = new backup.BackupPlan(stack, 'Plan', {
    backupPlanRules: [
      new backup.BackupPlanRule({
        ruleName: 'daily',
        scheduleExpression: events.Schedule.cron({ minute: '0', hour: '3' }),
        startWindow: Duration.hours(1),
        deleteAfter: Duration.days(14),
      }),
    ],
  });
  plan.addSelection('All', { resources: [backup.BackupResource.fromConstruct(cluster)] });
  expect(findingsOf(app).map(({ id, where }) => [id, where])).toEqual([
    ['encryption', 'Production/Shop/Orders'],
    ['aurora-retention', 'Production/Shop/Orders'],
  ]);
});

test('the app of this project is checked, with an account and without', () => {
  for (const cloud of [{}, { account }]) {
    const app = newApp();
    declareCloud(app, 'shop', cloudPolicy(cloud));
    const database = app.node
      .findAll()
      .find((node): node is rds.CfnDBInstance => node instanceof rds.CfnDBInstance) as rds.CfnDBInstance;
    database.preferredBackupWindow = '18:10-18:40';
    expect(() => app.synth()).toThrow(
      /the backup window of shop-main is "18:10-18:40" UTC, in which rule "every-3h" may start from 18:00 to 19:00/,
    );
  }
});

test.each<Parameters<typeof cloudPolicy>[0]>([{}, { account }])(
  'an adopted database of this project is checked as a declared one, with %j',
  (cloud) => {
    const app = newApp();
    const databases = { members: { kind: 'adopted', instance: 'members-prod' } } as const;
    declareCloud(app, 'shop', cloudPolicy({ ...cloud, databases }));
    const resource = app.node
      .findAll()
      .find(
        (node): node is CfnResource =>
          CfnResource.isCfnResource(node) && node.cfnResourceType === 'Custom::AdoptedDatabase',
      );
    resource?.addPropertyOverride('BackupWindow', '18:10-18:40');
    resource?.addPropertyOverride('Identifier', 'members-test');
    const message = messageOf(() => app.synth());
    expect(message).toContain('no plan of the app selects the instance members-test');
    resource?.addPropertyOverride('Identifier', 'members-prod');
    expect(messageOf(() => app.synth({ force: true }))).toContain(
      'the backup window of members-prod is "18:10-18:40" UTC, in which rule "every-3h" may start from 18:00 to 19:00',
    );
  },
);

function messageOf(run: () => unknown): string {
  try {
    run();
    return '';
  } catch (error) {
    return String(error);
  }
}

test.each([
  { every: '4h', timezone: 'America/New_York' },
  { every: '12h', startsAt: '22:15', timezone: 'Europe/Berlin', weekly: { keep: '56d' }, monthly: { keep: '365d' } },
  { every: '3h', timezone: 'Australia/Lord_Howe', startsAt: '01:30', monthly: { on: 28, keep: '90d' } },
] as const)('the windows and rules that this project places for %j are clear of each other', (cadence) => {
  const app = newApp();
  const databases = {
    main: { kind: 'instance', engineVersion: '17.6' },
    carts: { kind: 'cluster', engineVersion: '17.5', copyEvery: '24h' },
    members: { kind: 'adopted', instance: 'members-prod' },
    sessions: { kind: 'adopted', cluster: 'sessions-prod', copyEvery: '24h' },
  } as const;
  declareCloud(app, 'shop', cloudPolicy({ cadence, databases }));
  expect(app.synth().stacks.length).toBeGreaterThan(0);
});
