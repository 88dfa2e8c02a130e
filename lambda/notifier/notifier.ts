import { type Notice, renderNotice, type SafePoint } from '../../core/notice/index.ts';
import { type NotifierConfig, renderedAttribute } from './config.ts';
import { type AlarmMessage, type AwsEvent, isFromTopic, type SnsEvent } from './events.ts';
import type { NotifierHost } from './host.ts';
import type { Recent } from './recent.ts';
import { type Understood, understandAlarm, understandEvent } from './understand.ts';

type Channel = keyof NotifierHost['channels'];

/**
 * Tells people what arrived, once per channel.
 *
 * @param recent - what was delivered before, and is not delivered again
 * @throws when a channel did not take it: the invocation is tried again, and ends in the dead-letter queue
 */
export async function notify(
  event: AwsEvent | SnsEvent,
  config: NotifierConfig,
  host: NotifierHost,
  recent: Recent,
): Promise<void> {
  const failures: unknown[] = [];
  for (const { understood, channels } of understand(event, config)) {
    const open = channels.filter((channel) => !recent.has(`${channel} ${understood.key}`));
    if (open.length === 0) continue;
    const notice = { ...understood.notice, ...(await whatIsSafe(understood.notice, config, host)) };
    const { language, timezone, runbooks } = config;
    const rendered = renderNotice(notice, { language, timezone, runbooks, now: host.now() });
    for (const channel of open) {
      try {
        await host.channels[channel]?.(rendered);
        recent.add(`${channel} ${understood.key}`);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `not delivered: ${failures.map(String).join('; ')}`);
}

interface Delivery {
  readonly understood: Understood;
  readonly channels: readonly Channel[];
}

function understand(event: AwsEvent | SnsEvent, config: NotifierConfig): Delivery[] {
  if (!isFromTopic(event)) {
    const understood = understandEvent(event, config);
    return understood ? [{ understood, channels: ['slack', 'mail'] }] : [];
  }
  return event.Records.flatMap(({ Sns }) => {
    if (Sns.MessageAttributes && renderedAttribute in Sns.MessageAttributes) return [];
    const understood = understandAlarm(JSON.parse(Sns.Message) as AlarmMessage, config);
    // Whoever gets mails has had this one from the topic itself: an alarm must not depend on this function.
    return understood ? [{ understood, channels: ['slack'] }] : [];
  });
}

/** Asks all Regions at once. One that does not answer is part of the message. */
async function whatIsSafe(
  { subject, state }: Notice,
  { databases, arnPrefix, vaults }: NotifierConfig,
  host: NotifierHost,
): Promise<{ safe?: SafePoint[] }> {
  const database = subject && databases[subject];
  if (!database || state === 'over') return {};
  const safe = Object.entries(vaults).map(async ([region, vault]) => {
    const newest = await host.newestPoint(region, vault, `${arnPrefix}:${database}`).catch(() => 'unknown' as const);
    return { region, newest };
  });
  return { safe: await Promise.all(safe) };
}
