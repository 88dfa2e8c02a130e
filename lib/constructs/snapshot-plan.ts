import { Duration, TimeZone } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CloudPolicy, SnapshotRule } from '../../core/policy/index.ts';

export interface SnapshotPlanProps {
  /** Name of the plan. */
  readonly name: string;
  /** AWS Backup takes, copies and expires recovery points with it. */
  readonly role: iam.IRole;
  readonly cadence: CloudPolicy['cadence'];
  readonly rules: readonly SnapshotRule[];
  /** Where recovery points are made, in the Region of the stack. */
  readonly vault: backup.IBackupVault;
  /** Where each recovery point is copied to, in the replica Region. */
  readonly replicaVault: backup.IBackupVault;
  /** ARNs of what is protected, at least one. */
  readonly resources: readonly string[];
}

/**
 * Snapshots of databases, or of a bucket, on a cadence, copied to another Region. Snapshots only: a continuous rule would
 * hand retention and backup window of an instance to AWS Backup, and CloudFormation could change neither any more
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html).
 */
export class SnapshotPlan extends Construct {
  constructor(scope: Construct, id: string, props: SnapshotPlanProps) {
    super(scope, id);

    const plan = new backup.BackupPlan(this, 'Plan', {
      backupPlanName: props.name,
      backupPlanRules: props.rules.map((rule) => planRule(props, rule)),
    });

    new backup.BackupSelection(this, 'Selection', {
      backupPlan: plan,
      backupSelectionName: props.name,
      role: props.role,
      // Never by tag: a restored instance inherits its source's tags, and a drill's would be backed up as production.
      resources: props.resources.map((arn) => backup.BackupResource.fromArn(arn)),
    });
  }
}

function planRule(
  { cadence, vault, replicaVault }: SnapshotPlanProps,
  { name, minute, hours, weekdays, days, keep, copyKeep }: SnapshotRule,
): backup.BackupPlanRule {
  return new backup.BackupPlanRule({
    ruleName: name,
    backupVault: vault,
    scheduleExpression: Schedule.cron({
      minute: `${minute}`,
      hour: hours.join(','),
      ...(weekdays && { weekDay: weekdays }),
      ...(days && { day: days }),
    }),
    scheduleExpressionTimezone: TimeZone.of(cadence.timezone),
    // The default of 8 hours would overlap later runs, and of two overlapping rules only one runs
    // (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html).
    startWindow: Duration.minutes(cadence.startWindow.minutes),
    completionWindow: Duration.minutes(cadence.completionWindow.minutes),
    deleteAfter: Duration.days(keep.days),
    copyActions: copyKeep
      ? // Without its own lifecycle a copy is documented to inherit it by AWS, and to be kept for ever by CDK.
        [{ destinationBackupVault: replicaVault, deleteAfter: Duration.days(copyKeep.days) }]
      : [],
  });
}
