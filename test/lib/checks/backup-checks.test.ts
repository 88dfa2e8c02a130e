import { expect, jest, test } from '@jest/globals';
import { CfnParameter, Validations } from 'aws-cdk-lib';
import { BackupChecks } from '../../../lib/checks/backup-checks.ts';
import { rules } from '../../../lib/checks/rules/index.ts';
import { cases } from './cases.ts';
import { estate } from './estate.ts';
import { findingsOf } from './findings.ts';

test('says nothing of an app in which everything is right', () => {
  expect(findingsOf(estate().app)).toEqual([]);
});

test('every rule has a case', () => {
  expect([...new Set(cases.map((one) => one.id))]).toEqual(rules.map((rule) => rule.id));
});

test.each(cases)('$id: finds that $when', ({ id, wrong, sentence }) => {
  const own = estate();
  wrong(own);
  const found = findingsOf(own.app).filter((one) => one.id.split('[')[0] === id);
  expect(found.map((one) => one.sentence)).toEqual([sentence]);
  expect(found[0]?.fix).toMatch(/\.$/);
  expect(found[0]?.where).toMatch(/^(Tokyo|Osaka)\//);
});

test.each(cases)('$id: says nothing of the twin that is right, beside: $when', ({ id, right }) => {
  const own = estate();
  right(own);
  expect(findingsOf(own.app).filter((one) => one.id.split('[')[0] === id)).toEqual([]);
});

test('a wrong app shows all its mistakes in one run, on the screen too', () => {
  const { app, database, rule, replicaVault, alarm } = estate();
  Object.assign(database, { deletionProtection: false, storageEncrypted: false, backupRetentionPeriod: 0 });
  Object.assign(rule, { startWindowMinutes: 30, lifecycle: undefined });
  Object.assign(replicaVault, { encryptionKeyArn: undefined });
  Object.assign(alarm, { alarmActions: undefined, alarmDescription: undefined });
  Validations.of(app).addPlugins(new BackupChecks());
  let message = '';
  try {
    app.synth();
  } catch (error) {
    message = String(error);
  }
  for (const sentence of [
    'shop-main has BackupRetentionPeriod 0, so it has no automated backups and no point-in-time recovery',
    'shop-main has DeletionProtection false',
    'shop-main has StorageEncrypted false',
    'rule "every-3h" has a start window of 30 minutes, and AWS Backup takes 60 at least',
    'rule "every-3h" does not say when its recovery points end, so they are kept for ever',
    'which has no customer managed key',
    'alarm shop-too-old has no action',
    'alarm shop-too-old has no description',
  ]) {
    expect(message).toContain(sentence);
  }
});

test('an acknowledgement silences one finding and no other', () => {
  const { app, tokyo, database, cluster, rule, rules } = estate();
  for (const one of [database, cluster]) Object.assign(one, { deletionProtection: false });
  rules.push({ ...rule, ruleName: 'noon', scheduleExpression: 'cron(0 4 * * ? *)', lifecycle: undefined });
  Object.assign(rule, { lifecycle: undefined });
  Validations.of(database).acknowledge({ id: 'fukugen::deletion-protection', reason: 'made anew every night' });
  Validations.of(tokyo).acknowledge({ id: 'fukugen::lifecycle[noon]', reason: 'kept for the auditor' });
  expect(findingsOf(app).map(({ id, where }) => [id, where])).toEqual([
    ['deletion-protection', 'Tokyo/Carts'],
    ['lifecycle[every-3h]', 'Tokyo/Plan'],
  ]);
});

test('what AWS refuses cannot be acknowledged', () => {
  const { app, tokyo, rule } = estate();
  Object.assign(rule, { startWindowMinutes: 30 });
  jest.spyOn(console, 'error').mockImplementation(() => {});
  Validations.of(tokyo).acknowledge({ id: 'fukugen::start-window-minimum[every-3h]', reason: 'in a hurry' });
  expect(findingsOf(app).map(({ id }) => id)).toEqual(['start-window-minimum[every-3h]']);
});

test('what only the deployment knows is no finding', () => {
  const { app, tokyo, database, cluster, vault, rule, selection } = estate();
  const parameter = new CfnParameter(tokyo, 'Unknown', { type: 'String' });
  const value = parameter.valueAsString;
  for (const one of [database, cluster]) {
    Object.assign(one, {
      deletionProtection: value,
      storageEncrypted: value,
      backupRetentionPeriod: value,
      preferredBackupWindow: value,
    });
  }
  Object.assign(database, { preferredMaintenanceWindow: value });
  Object.assign(vault, { lockConfiguration: { minRetentionDays: value } });
  Object.assign(rule, {
    scheduleExpression: value,
    startWindowMinutes: value,
    lifecycle: { deleteAfterDays: value },
    copyActions: [{ destinationBackupVaultArn: value, lifecycle: { deleteAfterDays: value } }],
  });
  Object.assign(selection, { resources: [value] });
  expect(findingsOf(app)).toEqual([]);
});
