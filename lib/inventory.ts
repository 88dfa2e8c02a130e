import { Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import type { Construct } from 'constructs';
import { type CloudPolicy, copiedEvery, isReplicated, kindOf, type Place, vaultName } from '../core/policy/index.ts';
import type { Inventory, WatchedDatabase } from '../lambda/sentinel/inventory.ts';
import { databaseIdentifier, exceptRole } from './names.ts';

/**
 * What the sentinel of one place expects to find, from the same policy as the constructs: a test compares the two.
 *
 * @param scope - in the stack of the sentinel
 * @param plans - names of the backup plans of the app
 */
export function inventoryOf(
  scope: Construct,
  policy: string,
  cloud: CloudPolicy,
  place: Place,
  plans: readonly string[],
): Inventory {
  const { lock } = cloud[place];
  return {
    policy,
    place,
    primaryRegion: cloud.primary.region,
    vault: {
      name: vaultName(policy, place),
      minRetentionDays: lock.minKeep.days,
      ...(lock.maxKeep && { maxRetentionDays: lock.maxKeep.days }),
      ...(cloud.breakGlassRole && {
        exceptRole: exceptRole(scope, cloud.breakGlassRole).ArnNotEquals?.['aws:PrincipalArn'] as string,
      }),
    },
    plans,
    databases: Object.entries(cloud.databases).map(([name, database]) =>
      watched(scope, policy, cloud, place, name, database),
    ),
  };
}

function watched(
  scope: Construct,
  policy: string,
  { cadence, primary }: CloudPolicy,
  place: Place,
  name: string,
  database: CloudPolicy['databases'][string],
): WatchedDatabase {
  const identifier = databaseIdentifier(policy, name, database);
  const isReplica = place === 'replica';
  const copyEvery = copiedEvery(cadence, database);
  const every = isReplica ? copyEvery : cadence.every;
  const hasAutomatedBackups = !isReplica || isReplicated(database);
  return {
    name,
    kind: kindOf(database),
    identifier,
    arn: `arn:${Stack.of(scope).partition}:rds:${primary.region}:${Stack.of(scope).account}:${kindOf(database) === 'instance' ? 'db' : 'cluster'}:${identifier}`,
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

/** Of every backup plan in a stack. */
export function planNames(stack: Stack): string[] {
  return stack.node
    .findAll()
    .filter((construct) => construct instanceof backup.CfnBackupPlan)
    .map((plan) => stack.resolve(plan.backupPlan).backupPlanName);
}
