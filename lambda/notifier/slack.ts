import { setTimeout as pause } from 'node:timers/promises';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { RenderedNotice } from '../../core/notice/index.ts';

export interface SlackOptions {
  /** Name of the secret whose text is the address of the webhook. */
  readonly secret: string;
  /** How often one notice is tried. @default 3 */
  readonly attempts?: number;
  /** Milliseconds before the second attempt, doubled for each one after. @default 1000 */
  readonly firstPause?: number;
}

/** How long the address is used before it is read again, so that a rotated one takes effect without a deployment. */
const cachedFor = 5 * 60_000;

/**
 * Posts to an incoming webhook. Its address is a password: whoever has it can write to the channel. So it is in no message,
 * no error and no log of this function, and what fetch says about a failure, which may quote it, is not passed on.
 */
export function slackChannel(
  secrets: SecretsManagerClient,
  { secret, attempts = 3, firstPause = 1_000 }: SlackOptions,
): (notice: RenderedNotice) => Promise<void> {
  let cached: { readonly address: URL; readonly until: number } | undefined;
  const webhook = async (): Promise<URL> => {
    if (cached && cached.until > Date.now()) return cached.address;
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: secret }));
    const address = URL.parse(SecretString.trim());
    if (!address || !/^https?:$/.test(address.protocol)) throw new Error(`the secret ${secret} holds no address`);
    cached = { address, until: Date.now() + cachedFor };
    return address;
  };

  return async ({ title, text }) => {
    const body = JSON.stringify(slackMessage(title, text));
    for (let attempt = 1; ; attempt += 1) {
      const address = await webhook();
      const answer = await post(address, body);
      if (answer === 'delivered') return;
      // An address that was revoked or rotated answers 403, 404 or 410: the next attempt reads the secret anew.
      cached = undefined;
      if (attempt >= attempts) throw new Error(`Slack did not take the notice: ${answer}`);
      await pause(firstPause * 2 ** (attempt - 1));
    }
  };
}

async function post(address: URL, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  try {
    const response = await fetch(address, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
    return response.ok ? 'delivered' : `status ${response.status}`;
  } catch {
    return 'no answer';
  }
}

/** `text` is what a phone shows; the block is what stands in the channel, and takes 3,000 characters. */
function slackMessage(title: string, text: string): object {
  const shown = `*${escapeMarkup(title)}*\n${escapeMarkup(text)}`;
  return {
    text: escapeMarkup(title),
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: [...shown].slice(0, 2_900).join('') } }],
  };
}

/** The three characters that Slack reads as markup (https://docs.slack.dev/messaging/formatting-message-text#escaping). */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
