import { Duration, RemovalPolicy, TimeZone, Validations } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type CloudPolicy, runsOfDay } from '../../core/policy/index.ts';

export interface SnapshotPlanProps {
  /** Name of the plan and of its role. */
  readonly name: string;
  readonly cadence: CloudPolicy['cadence'];
  /** Where recovery points are made, in the Region of the stack. */
  readonly vault: backup.IBackupVault;
  /** Where each recovery point is copied to, in the replica Region. */
  readonly replicaVault: backup.IBackupVault;
  /** ARNs of the protected databases, at least one. */
  readonly databases: readonly string[];
}

/**
 * Snapshots of databases on a cadence, each copied to another Region. Snapshots only: a continuous rule would hand
 * retention and backup window of the instance to AWS Backup, and CloudFormation could change neither any more
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html).
 */
export class SnapshotPlan extends Construct {
  constructor(scope: Construct, id: string, props: SnapshotPlanProps) {
    super(scope, id);

    const plan = new backup.BackupPlan(this, 'Plan', {
      backupPlanName: props.name,
      backupPlanRules: schedules(props.cadence).map(({ suffix, schedule }) => rule(props, suffix, schedule)),
    });

    const role = new iam.Role(this, 'Role', {
      roleName: `${props.name}-backup`,
      description: 'AWS Backup takes, copies and expires the recovery points of this plan with it',
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
    });
    // AWS Backup expires a recovery point with the role that made it. Without the role points stay, marked EXPIRED, and
    // are paid for (https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html).
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup]',
      reason:
        'AWS extends this policy whenever AWS Backup needs a new action; a copy of ours would fail backups instead',
    });

    new backup.BackupSelection(this, 'Selection', {
      backupPlan: plan,
      backupSelectionName: props.name,
      role,
      // Never by tag: a restored instance inherits its source's tags, and a drill's would be backed up as production.
      resources: props.databases.map((arn) => backup.BackupResource.fromArn(arn)),
    });
  }
}

/**
 * A cron expression names minutes and hours apart, so there is one for each minute past the hour in which the cadence
 * runs: one for `3h`, two for `90m`. The hours are listed, not stepped: AWS Backup reads `22/3` within one day, as 22:00.
 */
function schedules(cadence: CloudPolicy['cadence']): { suffix: string; schedule: Schedule }[] {
  const byMinute = Map.groupBy(runsOfDay(cadence), (run) => run % 60);
  return [...byMinute].map(([minute, runs]) => ({
    suffix: byMinute.size > 1 ? `-at-${minute}` : '',
    schedule: Schedule.cron({ minute: `${minute}`, hour: runs.map((run) => Math.floor(run / 60)).join(',') }),
  }));
}

function rule(
  { cadence, vault, replicaVault }: SnapshotPlanProps,
  suffix: string,
  schedule: Schedule,
): backup.BackupPlanRule {
  return new backup.BackupPlanRule({
    ruleName: `every-${cadence.every}${suffix}`,
    backupVault: vault,
    scheduleExpression: schedule,
    scheduleExpressionTimezone: TimeZone.of(cadence.timezone),
    // The default of 8 hours would overlap later runs, and of two overlapping rules only one runs
    // (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html).
    startWindow: Duration.minutes(cadence.startWindow.minutes),
    completionWindow: Duration.minutes(cadence.completionWindow.minutes),
    deleteAfter: wholeDays(cadence.keep),
    copyActions: [
      // Without its own lifecycle a copy is documented to inherit it by AWS, and to be kept for ever by CDK.
      { destinationBackupVault: replicaVault, deleteAfter: wholeDays(cadence.copy.keep) },
    ],
  });
}

/** AWS Backup keeps for whole days; never for less than the policy says. */
function wholeDays(duration: { readonly days: number }): Duration {
  return Duration.days(Math.ceil(duration.days));
}
