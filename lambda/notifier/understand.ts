import { type AlarmSituation, alarmSituations, type Notice, type SituationName } from '../../core/notice/index.ts';
import type { NotifierConfig } from './config.ts';
import type { AlarmMessage, AwsEvent } from './events.ts';

/** A notice that does not say yet what is still safe. */
export interface Understood {
  /** The same for everything that says the same. */
  readonly key: string;
  readonly notice: Notice;
}

type Known = Pick<NotifierConfig, 'policy' | 'databases' | 'members' | 'buckets' | 'vaults' | 'plans'>;

/** @returns `undefined` for an alarm that is not of this policy, and for a state that nobody has to hear of */
export function understandAlarm(message: AlarmMessage, { policy }: Known): Understood | undefined {
  const [owner, situation, subject] = message.AlarmName.split('/');
  if (owner !== policy || !situation || !Object.hasOwn(alarmSituations, situation)) return undefined;
  // INSUFFICIENT_DATA is what an alarm is in before its first figure.
  const state = { ALARM: 'begun', OK: 'over' } as const;
  const now = state[message.NewStateValue as keyof typeof state];
  if (!now) return undefined;
  return {
    key: `${message.AlarmArn} ${message.NewStateValue} ${message.StateChangeTime}`,
    notice: {
      situation: situation as AlarmSituation,
      state: now,
      ...(subject && { subject }),
      // The message's own `Region` is a name such as Asia Pacific (Tokyo).
      region: message.AlarmArn.split(':')[3] ?? '',
      since: new Date(message.StateChangeTime),
      details: now === 'begun' ? [message.NewStateReason] : [],
    },
  };
}

/** @returns `undefined` for what belongs to somebody else in this account, or says nothing bad */
export function understandEvent(event: AwsEvent, known: Known): Understood | undefined {
  const understood = event.source === 'aws.rds' ? fromRds(event, known) : fromBackup(event, known);
  if (!understood) return undefined;
  const { situation, subject, id, details } = understood;
  return {
    key: `${situation} ${id}`,
    notice: {
      situation,
      state: 'begun',
      ...(subject && { subject }),
      region: event.region,
      since: new Date(event.time),
      details: details.filter((detail) => detail !== ''),
    },
  };
}

interface Meaning {
  readonly situation: SituationName;
  readonly subject?: string | undefined;
  readonly id: string;
  readonly details: readonly string[];
}

function fromBackup({ 'detail-type': type, detail, id }: AwsEvent, known: Known): Meaning | undefined {
  const text = (key: string) => (typeof detail[key] === 'string' ? detail[key] : '');
  // A restore job says `status`, and `state` in the sample of CREATED
  // (https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html).
  const state = text('state') || text('status');
  const job = (situation: SituationName, jobId: string, resource: string): Meaning | undefined => {
    const subject = databaseOf(resource, known) ?? bucketOf(resource, known);
    const vaults = [text('backupVaultArn'), text('sourceBackupVaultArn'), text('destinationBackupVaultArn')].filter(
      Boolean,
    );
    const isOurs = subject !== undefined || vaults.some((arn) => isVault(arn.split(':').at(-1) ?? '', known));
    // Some events name neither resource nor vault: rather one of somebody else's than none of ours.
    if (!isOurs && (resource || vaults.length > 0)) return undefined;
    const details = [`${state}${text('statusMessage') && `: ${text('statusMessage')}`}`];
    return { situation, subject: subject ?? (resource || undefined), id: `${text(jobId) || id} ${state}`, details };
  };
  switch (type) {
    case 'Backup Job State Change':
      return job('backup-job-failed', 'backupJobId', text('resourceArn'));
    case 'Copy Job State Change':
      return job('copy-job-failed', 'copyJobId', text('resourceArn'));
    case 'Restore Job State Change':
      return job('restore-job-failed', 'restoreJobId', text('sourceResourceArn'));
    case 'Backup Vault State Change': {
      const name = text('backupVaultName');
      return name && !isVault(name, known)
        ? undefined
        : { situation: 'vault-changed', subject: name, id, details: [state] };
    }
    case 'Backup Plan State Change': {
      const name = text('backupPlanName');
      return name && !known.plans.includes(name)
        ? undefined
        : { situation: 'plan-changed', subject: name || text('backupPlanId'), id, details: [state] };
    }
    default:
      return undefined;
  }
}

/** RDS-EVENT-0028 says that automated backups were disabled; every other number the rule lets through is a danger. */
function fromRds({ detail, id }: AwsEvent, known: Known): Meaning | undefined {
  const text = (key: string) => (typeof detail[key] === 'string' ? detail[key] : '');
  const subject = databaseOf(text('SourceArn'), known);
  if (!subject) return undefined;
  const situation = text('EventID') === 'RDS-EVENT-0028' ? 'backups-disabled' : 'database-at-risk';
  return { situation, subject, id, details: [`${text('EventID')}: ${text('Message')}`] };
}

/**
 * An event does not say which cluster an instance is in. Those of this app are numbered after it, those that the console makes
 * are called `…-instance-1`, with a zone behind it or not; of an imported cluster the policy names every one.
 */
const member = /(-instance)?-\d+(-[a-z]{2}(-[a-z]+)+-\d[a-z])?$/;

function databaseOf(arn: string, { databases, members = {} }: Known): string | undefined {
  const [kind = '', identifier = ''] = arn.split(':').slice(5);
  const own = [`${kind}:${identifier}`, ...(kind === 'db' ? [`cluster:${identifier.replace(member, '')}`] : [])];
  return Object.keys(databases).find(
    (name) => own.includes(databases[name] as string) || (kind === 'db' && members[name]?.includes(identifier)),
  );
}

function bucketOf(arn: string, { buckets = {} }: Known): string | undefined {
  return Object.keys(buckets).find((name) => buckets[name] === arn);
}

function isVault(name: string, { vaults }: Known): boolean {
  return Object.values(vaults).includes(name);
}
