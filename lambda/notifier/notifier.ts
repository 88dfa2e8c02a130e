import { type Notice, type RenderedNotice, renderNotice, type SafePoint } from '../../core/notice/index.ts';
import { drillAttribute, type NotifierConfig, renderedAttribute } from './config.ts';
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
  for (const { key, content, channels } of understand(event, config)) {
    const open = channels.filter((channel) => !recent.has(`${channel} ${key}`));
    if (open.length === 0) continue;
    const rendered = 'title' in content ? content : await rendering(content, config, host);
    for (const channel of open) {
      try {
        await host.channels[channel]?.(rendered);
        recent.add(`${channel} ${key}`);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `not delivered: ${failures.map(String).join('; ')}`);
}

interface Delivery {
  /** The same for everything that says the same. */
  readonly key: string;
  /** How a drill ended comes in its final words. */
  readonly content: Notice | RenderedNotice;
  readonly channels: readonly Channel[];
}

function understand(event: AwsEvent | SnsEvent, config: NotifierConfig): Delivery[] {
  const delivery = ({ key, notice: content }: Understood, ...channels: Channel[]) => ({ key, content, channels });
  if (!isFromTopic(event)) {
    const understood = understandEvent(event, config);
    return understood ? [delivery(understood, 'slack', 'mail')] : [];
  }
  return event.Records.flatMap(({ Sns }): Delivery[] => {
    const { Message, MessageAttributes = {}, MessageId = Message, Subject = '' } = Sns;
    if (renderedAttribute in MessageAttributes) return [];
    if (drillAttribute in MessageAttributes) {
      return [{ key: MessageId, content: { title: Subject, text: Message }, channels: ['slack'] }];
    }
    const understood = understandAlarm(JSON.parse(Message) as AlarmMessage, config);
    // Whoever gets mails has had this one from the topic itself: an alarm must not depend on this function.
    return understood ? [delivery(understood, 'slack')] : [];
  });
}

async function rendering(notice: Notice, config: NotifierConfig, host: NotifierHost): Promise<RenderedNotice> {
  const { language, timezone, runbooks } = config;
  const whole = { ...notice, ...(await whatIsSafe(notice, config, host)) };
  return renderNotice(whole, { language, timezone, runbooks, now: host.now() });
}

/** Asks all Regions at once. One that does not answer is part of the message. */
async function whatIsSafe(
  { subject, state }: Notice,
  { databases, arnPrefix, buckets, vaults }: NotifierConfig,
  host: NotifierHost,
): Promise<{ safe?: SafePoint[] }> {
  const database = subject && databases[subject];
  const arn = database ? `${arnPrefix}:${database}` : subject && buckets?.[subject];
  if (!arn || state === 'over') return {};
  const safe = Object.entries(vaults).map(async ([region, vault]) => {
    const newest = await host.newestPoint(region, vault, arn).catch(() => 'unknown' as const);
    return { region, newest };
  });
  return { safe: await Promise.all(safe) };
}
