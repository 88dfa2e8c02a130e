import { Stack, Token } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import type { Construct } from 'constructs';
import {
  accountOf,
  type CloudPolicy,
  copiedEvery,
  isReplicated,
  kindOf,
  type Place,
  vaultName,
} from '../core/policy/index.ts';
import type { ExpectedRule, Inventory, WatchedBucket, WatchedDatabase } from '../lambda/sentinel/inventory.ts';
import { uploadsBucketName } from './constructs/uploads-bucket.ts';
import { bucketName } from './constructs/versioned-bucket.ts';
import { databaseIdentifier, exceptRole, readerRoleName, roleArn } from './names.ts';

/**
 * Seconds. Lambda tries a failed run twice more, after one and two minutes, and each attempt is stopped after five
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html): 18 minutes, and the schedule may be late.
 */
const longestExport = 3_600;

/**
 * What the sentinel of one place expects to find, from the same policy as the constructs: a test compares the two.
 *
 * @param scope - in the stack of the sentinel
 * @param rules - of the backup plans of the app, by the name of their plan
 */
export function inventoryOf(
  scope: Construct,
  policy: string,
  cloud: CloudPolicy,
  place: Place,
  rules: NonNullable<Inventory['rules']>,
): Inventory {
  const { lock } = cloud[place];
  const owner = accountOf(cloud, 'primary');
  return {
    policy,
    place,
    primaryRegion: cloud.primary.region,
    ...(accountOf(cloud, place) !== owner && { reader: roleArn(scope, readerRoleName(policy), owner) }),
    vault: {
      name: vaultName(policy, place),
      minRetentionDays: lock.minKeep.days,
      ...(lock.maxKeep && { maxRetentionDays: lock.maxKeep.days }),
      ...(cloud.breakGlassRole && {
        exceptRole: exceptRole(scope, cloud.breakGlassRole).ArnNotEquals?.['aws:PrincipalArn'] as string,
      }),
    },
    plans: Object.keys(rules),
    ...(place === 'primary' && { rules }),
    databases: Object.entries(cloud.databases).map(([name, database]) =>
      watched(scope, policy, cloud, place, name, database),
    ),
    ...(cloud.uploads && { uploads: watchedUploads(scope, policy, cloud, place, cloud.uploads) }),
    ...(place === 'replica' &&
      cloud.settingsExport && {
        settingsExport: {
          bucket: bucketName(scope, policy, 'settings', owner),
          due: cloud.settingsExport.every.seconds + longestExport,
        },
      }),
  };
}

function watched(
  scope: Construct,
  policy: string,
  cloud: CloudPolicy,
  place: Place,
  name: string,
  database: CloudPolicy['databases'][string],
): WatchedDatabase {
  const { cadence, primary } = cloud;
  const { partition, account } = Stack.of(scope);
  const identifier = databaseIdentifier(policy, name, database);
  const isReplica = place === 'replica';
  const copyEvery = copiedEvery(cadence, database);
  const every = isReplica ? copyEvery : cadence.every;
  const hasAutomatedBackups = !isReplica || isReplicated(database);
  return {
    name,
    kind: kindOf(database),
    identifier,
    arn: `arn:${partition}:rds:${primary.region}:${accountOf(cloud, 'primary') ?? account}:${kindOf(database) === 'instance' ? 'db' : 'cluster'}:${identifier}`,
    every: every.seconds,
    keep: (isReplica ? cadence.copy.keep : cadence.keep).seconds,
    due: dueAfter(every.seconds, cadence),
    ...(hasAutomatedBackups && { automatedBackupDays: Math.ceil(database.automatedBackupRetention.days) }),
    ...(database.kind === 'adopted' && database.acknowledgeUnencrypted && { isUnencrypted: true }),
  };
}

/**
 * The age, in seconds, from which on the newest recovery point is too old: the time to the next one, which may begin as late
 * as at the end of its start window, and one slot of the cadence more, in which it is made and copied. With 3 hours and a
 * window of 60 minutes that is 7 hours: the run after the newest has failed, and so has the next, or it is very late.
 *
 * Copies keep the creation date of their original, so the same holds where they arrive
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html).
 */
function dueAfter(every: number, { every: slot, startWindow }: CloudPolicy['cadence']): number {
  return every + startWindow.seconds + slot.seconds;
}

/**
 * A run that misses its completion window is cancelled, so with the default of a day and windows of 60 minutes and 3 hours a new
 * recovery point is there after 28 hours. AWS gives no time for its copy: as long again.
 */
function watchedUploads(
  scope: Construct,
  policy: string,
  cloud: CloudPolicy,
  place: Place,
  uploads: NonNullable<CloudPolicy['uploads']>,
): WatchedBucket {
  const { cadence } = cloud;
  const bucket = uploadsBucketName(scope, policy, uploads, accountOf(cloud, 'primary'));
  const every = uploads.every.seconds;
  const made = every + cadence.startWindow.seconds + cadence.completionWindow.seconds;
  return {
    name: 'Uploads',
    bucket,
    arn: `arn:${Stack.of(scope).partition}:s3:::${bucket}`,
    every,
    keep: (place === 'replica' ? cadence.copy.keep : cadence.keep).seconds,
    due: place === 'replica' ? made + cadence.completionWindow.seconds : made,
  };
}

/** Of every backup plan in a stack, by its name. */
export function planRules(stack: Stack): Record<string, ExpectedRule[]> {
  const plans = stack.node.findAll().filter((construct) => construct instanceof backup.CfnBackupPlan);
  return Object.fromEntries(
    plans.map((plan) => {
      const { backupPlanName, backupPlanRule } = stack.resolve(plan.backupPlan) as SynthesisedPlan;
      return [backupPlanName, backupPlanRule.map(expectedRule)];
    }),
  );
}

/** What SnapshotPlan writes. */
interface SynthesisedPlan {
  readonly backupPlanName: string;
  readonly backupPlanRule: readonly {
    readonly ruleName: string;
    readonly scheduleExpression: string;
    readonly scheduleExpressionTimezone: string;
    readonly startWindowMinutes: number;
    readonly completionWindowMinutes: number;
    readonly lifecycle: Lifecycle;
    /** Without an account in the policy an ARN is an intrinsic function, the same in every stack. */
    readonly copyActions?: readonly { readonly destinationBackupVaultArn: unknown; readonly lifecycle: Lifecycle }[];
  }[];
}

interface Lifecycle {
  readonly deleteAfterDays: number;
}

function expectedRule(rule: SynthesisedPlan['backupPlanRule'][number]): ExpectedRule {
  const [copy] = rule.copyActions ?? [];
  return {
    name: rule.ruleName,
    schedule: rule.scheduleExpression,
    timezone: rule.scheduleExpressionTimezone,
    startWindow: rule.startWindowMinutes,
    completionWindow: rule.completionWindowMinutes,
    keep: rule.lifecycle.deleteAfterDays,
    ...(copy && {
      copyTo: Token.asString(copy.destinationBackupVaultArn),
      copyKeep: copy.lifecycle.deleteAfterDays,
    }),
  };
}
