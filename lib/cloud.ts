import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Language } from '../core/notice/index.ts';
import { type CloudPolicy, placeWindows } from '../core/policy/index.ts';
import { BackupChecks } from './checks/backup-checks.ts';
import { announceComplianceLock } from './checks/compliance-lock.ts';
import { warnOfFullCopies } from './checks/full-copies.ts';
import { planNames } from './inventory.ts';
import { BackupStack } from './stacks/backup-stack.ts';
import { DatabaseStack } from './stacks/database-stack.ts';
import { ReplicaStack } from './stacks/replica-stack.ts';
import { SecretsStack } from './stacks/secrets-stack.ts';
import { SettingsStack } from './stacks/settings-stack.ts';
import { UploadsStack } from './stacks/uploads-stack.ts';
import { WatchStack } from './stacks/watch-stack.ts';

/**
 * Declares everything that a policy asks of AWS.
 *
 * @param name - of the policy: the prefix of every stack and of every name in it
 * @param language - of alarms and notices
 * @throws FukugenError `policy` when a window of a database has no clear place
 */
export function declareCloud(
  app: App,
  name: string,
  cloud: CloudPolicy,
  now: Date = new Date(),
  language: Language = 'en',
): void {
  const { account, cadence, databases, breakGlassRole } = cloud;
  const windows = placeWindows(cloud, now);
  const stack = (kind: string, region: string, description: string) => ({
    stackName: `${name}-${kind}`,
    description,
    // Without an account in the policy the templates hold none: the credentials at deployment decide, and a synth on
    // any machine gives the same bytes.
    env: { region, ...(account && { account }) },
    terminationProtection: true,
    policyName: name,
    breakGlassRole,
  });

  const replica = new ReplicaStack(app, 'Replica', {
    ...stack('replica', cloud.replica.region, 'Copies of the recovery points, and what a restore from them needs'),
    databases,
    lock: cloud.replica.lock,
    hasSecrets: cloud.secrets !== undefined,
  });
  const database = new DatabaseStack(app, 'Database', {
    ...stack('database', cloud.primary.region, 'The protected databases'),
    databases,
    windows,
    // The key of the replica stack is the one value that a stack reads from another (docs/adr/0003-weak-references.md).
    replication: replica.replicationKey && { region: cloud.replica.region, keyArn: replica.replicationKey.keyArn },
  });
  const backup = new BackupStack(app, 'Backup', {
    ...stack('backup', cloud.primary.region, 'Recovery points of the protected databases'),
    cadence,
    databases,
    replicaRegion: cloud.replica.region,
    lock: cloud.primary.lock,
  });
  // Order only, no export: a job that copies to a vault that is not there yet fails, and so does one without its database.
  backup.addStackDependency(replica);
  backup.addStackDependency(database);
  if (cloud.uploads) {
    const uploads = new UploadsStack(app, 'Uploads', {
      ...stack('uploads', cloud.primary.region, 'The uploads and their recovery points'),
      uploads: cloud.uploads,
      cadence,
      replicaRegion: cloud.replica.region,
    });
    // Order only, and through it the replica's vault: a job without a vault fails.
    uploads.addStackDependency(backup);
  }
  if (cloud.secrets) {
    const secrets = new SecretsStack(app, 'Secrets', {
      ...stack('secrets', cloud.primary.region, 'Secrets that the replica Region has as well'),
      secrets: cloud.secrets,
      replicaRegion: cloud.replica.region,
    });
    // Order only: the replicas need their key.
    secrets.addStackDependency(replica);
  }
  if (cloud.settingsExport) {
    new SettingsStack(app, 'Settings', {
      ...stack('settings', cloud.replica.region, 'How the infrastructure of the primary Region is set'),
      databases,
      settingsExport: cloud.settingsExport,
      primaryRegion: cloud.primary.region,
    });
  }
  const watch = { language, cloud, plans: planNames(backup) };
  const primaryWatch = new WatchStack(app, 'Watch', {
    ...stack('watch', cloud.primary.region, 'Watches the recovery points and tells when something is wrong'),
    ...watch,
    place: 'primary',
  });
  const replicaWatch = new WatchStack(app, 'ReplicaWatch', {
    ...stack('replica-watch', cloud.replica.region, 'Watches the copies and tells when something is wrong'),
    ...watch,
    place: 'replica',
  });
  // Order again: what is not there yet would page somebody.
  primaryWatch.addStackDependency(backup);
  replicaWatch.addStackDependency(replica);
  warnOfFullCopies(backup, cloud);
  announceComplianceLock(backup, name, cloud, 'primary', now);
  announceComplianceLock(replica, name, cloud, 'replica', now);

  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new BackupChecks({ now }));
}
