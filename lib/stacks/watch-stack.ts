import { Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Language } from '../../core/notice/index.ts';
import { accountOf, type CloudPolicy, type Place, vaultName } from '../../core/policy/index.ts';
import type { Inventory } from '../../lambda/sentinel/inventory.ts';
import { addSentinelAlarms } from '../constructs/alarms.ts';
import { BackupDashboard } from '../constructs/dashboard.ts';
import { addDrillAlarms } from '../constructs/drill-alarms.ts';
import { backupJobEvents, copyJobEvents, protectionEvents, restoreJobEvents } from '../constructs/job-events.ts';
import { Monitoring } from '../constructs/monitoring.ts';
import { Notices } from '../constructs/notices.ts';
import { Notifier } from '../constructs/notifier.ts';
import { rdsEvents } from '../constructs/rds-events.ts';
import { Sentinel } from '../constructs/sentinel.ts';
import { drillMachineArn } from '../drill-names.ts';
import { inventoryOf } from '../inventory.ts';
import { readerRoleName, roleArn } from '../names.ts';

export interface WatchStackProps extends StackProps {
  readonly policyName: string;
  readonly language: Language;
  readonly cloud: CloudPolicy;
  readonly place: Place;
  /** Of the backup plans of the app, by the name of their plan. */
  readonly rules: NonNullable<Inventory['rules']>;
}

/**
 * Watches one Region from within it: the loss of the other one leaves this half working. Names are strings, so neither
 * Region's stack needs anything of the other.
 */
export class WatchStack extends Stack {
  constructor(scope: Construct, id: string, props: WatchStackProps) {
    super(scope, id, props);
    const { policyName, language, cloud, place, rules } = props;
    const { email, slack, runbooks } = cloud.notices;
    if (email.length === 0 && !slack) {
      Validations.of(this).addWarning(
        'fukugen-nobody-told',
        `Alarms in ${this.region} tell nobody; cloud.notices.email: ['team@example.com'] or cloud.notices.slack changes that.`,
      );
    }
    const inventory = inventoryOf(this, policyName, cloud, place, rules);
    const other = place === 'primary' ? 'replica' : 'primary';
    const isAlone = accountOf(cloud, other) !== accountOf(cloud, place);
    const members = Object.entries(cloud.databases).flatMap(([name, database]) =>
      database.kind === 'cluster' && database.existing ? [[name, database.existing.instances]] : [],
    );

    const { topic, key } = new Notices(this, 'Notices', { name: `${policyName}-notices`, email });
    const monitoring = new Monitoring(this, 'Alarms', { policyName, language, runbooks, topic });
    const { errors } = new Sentinel(this, 'Sentinel', { inventory });
    addSentinelAlarms(monitoring, inventory, errors);
    if (cloud.drills) {
      const machine = drillMachineArn(this, policyName);
      addDrillAlarms(monitoring, { policy: policyName, machine, databases: inventory.databases });
    }

    const notifier = new Notifier(this, 'Notifier', {
      config: {
        policy: policyName,
        language,
        timezone: cloud.cadence.timezone,
        ...(runbooks && { runbooks }),
        databases: Object.fromEntries(
          inventory.databases.map(({ name, kind, identifier }) => [
            name,
            `${kind === 'instance' ? 'db' : 'cluster'}:${identifier}`,
          ]),
        ),
        ...(members.length > 0 && { members: Object.fromEntries(members) }),
        ...(inventory.uploads && { buckets: { [inventory.uploads.name]: inventory.uploads.arn } }),
        arnPrefix: `arn:${this.partition}:rds:${cloud.primary.region}:${accountOf(cloud, 'primary') ?? this.account}`,
        vaults: {
          [cloud.primary.region]: vaultName(policyName, 'primary'),
          [cloud.replica.region]: vaultName(policyName, 'replica'),
        },
        ...(isAlone && {
          readers: { [cloud[other].region]: roleArn(this, readerRoleName(policyName), accountOf(cloud, other)) },
        }),
        plans: inventory.plans,
        ...(slack && { slackSecretName: slack.webhookSecret }),
      },
      topic,
      key,
      monitoring,
    });
    notifier.on('BackupJobs', 'Backup jobs that did not complete cleanly', backupJobEvents);
    notifier.on('RestoreJobs', 'Restore jobs that failed', restoreJobEvents);
    notifier.on('Protection', 'Vaults and plans that were changed or deleted', protectionEvents);
    notifier.on('Databases', 'What RDS reports of failures, deletion and storage', rdsEvents);
    const copies = 'Copy jobs that did not complete cleanly';
    // Which Region reports a copy between two is not documented. One notifier hears of both, and tells once
    // (docs/adr/0007-notices.md). Of two accounts each hears only of its own, and tells of that (docs/adr/0009-second-account.md).
    if (place === 'primary' || isAlone) notifier.on('CopyJobs', copies, copyJobEvents);
    else notifier.forward('CopyJobs', copies, copyJobEvents, cloud.primary.region);

    new BackupDashboard(this, 'Dashboard', {
      inventory,
      monitoring,
      region: this.region,
      hasDrills: cloud.drills !== false,
    });
  }
}
