import { type App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Language } from '../core/notice/index.ts';
import { accountOf, type CloudPolicy, defaultObjectives, placeWindows } from '../core/policy/index.ts';
import { BackupChecks } from './checks/backup-checks.ts';
import { announceComplianceLock } from './checks/compliance-lock.ts';
import { warnOfFullCopies } from './checks/full-copies.ts';
import type { DrillInputs, Objectives } from './drill-plan.ts';
import { planRules } from './inventory.ts';
import type { OwnChecks } from './own-checks.ts';
import { BackupStack } from './stacks/backup-stack.ts';
import { DatabaseReplicaStack } from './stacks/database-replica-stack.ts';
import { DatabaseStack } from './stacks/database-stack.ts';
import { DrillStack } from './stacks/drill-stack.ts';
import { ReplicaStack } from './stacks/replica-stack.ts';
import { SecretsStack } from './stacks/secrets-stack.ts';
import { SettingsStack } from './stacks/settings-stack.ts';
import { UploadsStack } from './stacks/uploads-stack.ts';
import { WatchStack } from './stacks/watch-stack.ts';

export interface Drilling {
  /** Of the whole policy. @default - those of a policy that writes none */
  readonly objectives?: Objectives;
  /** Read from the policy's folder. @default - none */
  readonly ownChecks?: OwnChecks;
}

/**
 * Declares everything that a policy asks of AWS.
 *
 * @param name - of the policy: the prefix of every stack and of every name in it
 * @param language - of alarms and notices
 * @param drilling - what drills need beside the cloud's own part of the policy
 * @throws FukugenError `policy` when a window of a database has no clear place
 */
export function declareCloud(
  app: App,
  name: string,
  cloud: CloudPolicy,
  now: Date = new Date(),
  language: Language = 'en',
  drilling: Drilling = {},
): void {
  const { account, cadence, databases, breakGlassRole } = cloud;
  const windows = placeWindows(cloud, now);
  const second = cloud.replica.account;
  const stack = (kind: string, region: string, description: string, owner = account) => ({
    stackName: `${name}-${kind}`,
    description,
    // Without an account in the policy the templates hold none: the credentials at deployment decide, and a synth on
    // any machine gives the same bytes.
    env: { region, ...(owner && { account: owner }) },
    terminationProtection: true,
    policyName: name,
    breakGlassRole,
  });

  const ofCopies = accountOf(cloud, 'replica');
  const replica = new ReplicaStack(app, 'Replica', {
    ...stack(
      'replica',
      cloud.replica.region,
      'Copies of the recovery points, and what a restore from them needs',
      ofCopies,
    ),
    databaseAccount: second && account,
    databases,
    lock: cloud.replica.lock,
    hasSecrets: cloud.secrets !== undefined,
  });
  // What stays in the account of the databases has a stack of its own only where there are two.
  const replication = second
    ? new DatabaseReplicaStack(app, 'DatabaseReplica', {
        ...stack('database-replica', cloud.replica.region, 'What is replicated within the account of the databases'),
        cloud,
        copiesAccount: second,
      })
    : replica;
  const { replicationKey } = replication;
  const database = new DatabaseStack(app, 'Database', {
    ...stack('database', cloud.primary.region, 'The protected databases'),
    databases,
    hasDrills: cloud.drills !== false,
    windows,
    copiedBy: second,
    // The key of that stack is the one value that a stack reads from another (docs/adr/0003-weak-references.md).
    replication: replicationKey && { region: cloud.replica.region, keyArn: replicationKey.keyArn },
  });
  const backup = new BackupStack(app, 'Backup', {
    ...stack('backup', cloud.primary.region, 'Recovery points of the protected databases'),
    cadence,
    databases,
    replicaRegion: cloud.replica.region,
    replicaAccount: second,
    hasUploads: cloud.uploads !== undefined,
    lock: cloud.primary.lock,
  });
  // Order only, no export: a job that copies to a vault that is not there yet fails, and so does one without its database.
  backup.addStackDependency(replica);
  backup.addStackDependency(database);
  const uploads =
    cloud.uploads &&
    new UploadsStack(app, 'Uploads', {
      ...stack('uploads', cloud.primary.region, 'The uploads and their recovery points'),
      uploads: cloud.uploads,
      cadence,
      replicaRegion: cloud.replica.region,
      replicaAccount: second,
    });
  // Order only, and through it the replica's vault: a job without a vault fails.
  uploads?.addStackDependency(backup);
  if (cloud.secrets) {
    const secrets = new SecretsStack(app, 'Secrets', {
      ...stack('secrets', cloud.primary.region, 'Secrets that the replica Region has as well'),
      secrets: cloud.secrets,
      replicaRegion: cloud.replica.region,
    });
    // Order only: the replicas need their key.
    secrets.addStackDependency(replication);
  }
  const watch = { language, cloud, rules: { ...planRules(backup), ...(uploads && planRules(uploads)) } };
  const primaryWatch = new WatchStack(app, 'Watch', {
    ...stack('watch', cloud.primary.region, 'Watches the recovery points and tells when something is wrong'),
    ...watch,
    place: 'primary',
  });
  const replicaWatch = new WatchStack(app, 'ReplicaWatch', {
    ...stack('replica-watch', cloud.replica.region, 'Watches the copies and tells when something is wrong', ofCopies),
    ...watch,
    place: 'replica',
  });
  // Order again: what is not there yet would page somebody.
  primaryWatch.addStackDependency(backup);
  if (uploads) primaryWatch.addStackDependency(uploads);
  replicaWatch.addStackDependency(replica);
  if (replication !== replica) replicaWatch.addStackDependency(replication);
  const { drills } = cloud;
  if (drills) {
    const inputs: DrillInputs = {
      ...{ name, language, cloud: { ...cloud, drills } },
      objectives: drilling.objectives ?? defaultObjectives,
      ownChecks: drilling.ownChecks ?? { ofAll: [], of: {} },
    };
    const drill = new DrillStack(app, 'Drill', {
      ...stack('drill', cloud.primary.region, 'Rehearses restores in the primary Region'),
      inputs,
      place: 'primary',
    });
    const replicaDrill = new DrillStack(app, 'ReplicaDrill', {
      ...stack('replica-drill', cloud.replica.region, 'Rehearses restores in the replica Region', ofCopies),
      inputs,
      place: 'replica',
    });
    // Order only: there is nothing to restore before.
    drill.addStackDependency(backup);
    replicaDrill.addStackDependency(replica);
    // Order again: evidence is replicated to a bucket that is there.
    drill.addStackDependency(replicaDrill);
  }
  if (cloud.settingsExport) {
    // Last, as it exports the templates of all the others; to its sentinel it is order again.
    const settings = new SettingsStack(app, 'Settings', {
      ...stack('settings', cloud.replica.region, 'How the infrastructure of the primary Region is set'),
      databases,
      settingsExport: cloud.settingsExport,
      stacks: app.node.children.filter((one) => Stack.isStack(one)),
      primaryRegion: cloud.primary.region,
    });
    replicaWatch.addStackDependency(settings);
  }
  warnOfFullCopies(backup, cloud);
  announceComplianceLock(backup, name, cloud, 'primary', now);
  announceComplianceLock(replica, name, cloud, 'replica', now);

  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new BackupChecks({ now }));
}
