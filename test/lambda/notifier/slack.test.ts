import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type AwsStub, mockClient } from 'aws-sdk-client-mock';
import { slackChannel } from '../../../lambda/notifier/slack.ts';

const path = '/services/T000/B000/not-a-real-token';
let server: Server;
let bodies: { text: string; blocks: { text: { text: string } }[] }[];
/** What the next requests are answered with; 200 when there is nothing left. */
let answers: number[];
let secret: string | undefined;
let secrets: SecretsManagerClient;
// biome-ignore lint/suspicious/noExplicitAny: the stub's own types are of another version of the SDK's
let stub: AwsStub<any, any, any>;
let written: string[];

beforeEach(async () => {
  [bodies, answers, written] = [[], [], []];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(JSON.parse(body));
      response.writeHead(answers.shift() ?? 200).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  secret = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}\n`;
  secrets = new SecretsManagerClient({ region: 'ap-northeast-1' });
  stub = mockClient(secrets);
  stub.on(GetSecretValueCommand).callsFake(() => ({ SecretString: secret }));
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      written.push(String(chunk));
      return true;
    });
  }
});
afterEach(() => {
  jest.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

const channel = () => slackChannel(secrets, { secret: 'shop/slack-webhook', firstPause: 1 });
const notice = { title: 'title', text: 'first line\nsecond line' };

test('posts the title for the phone and all of it for the channel, with nothing that Slack reads as markup', async () => {
  await channel()({ title: 'a & b', text: '<!channel> 1 > 0' });
  expect(bodies).toEqual([
    {
      text: 'a &amp; b',
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*a &amp; b*\n&lt;!channel&gt; 1 &gt; 0' } }],
    },
  ]);
});

test('a long text fits into a block', async () => {
  await channel()({ title: 'title', text: '長'.repeat(5_000) });
  expect([...(bodies[0]?.blocks[0]?.text.text ?? '')]).toHaveLength(2_900);
});

describe('the address of the webhook', () => {
  test('is read once for several notices', async () => {
    const post = channel();
    await post(notice);
    await post(notice);
    expect(stub.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  test('is read anew five minutes later', async () => {
    const post = channel();
    await post(notice);
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 5 * 60_000 + 1);
    await post(notice);
    expect(stub.commandCalls(GetSecretValueCommand)).toHaveLength(2);
  });

  test('is read anew when Slack refuses it, so that a rotated one is found', async () => {
    answers = [404];
    await channel()(notice);
    expect(stub.commandCalls(GetSecretValueCommand)).toHaveLength(2);
    expect(bodies).toHaveLength(2);
  });

  test.each([
    [
      'Slack fails',
      () => {
        answers = [500, 429, 503];
      },
      /^Slack did not take the notice: status 503$/,
    ],
    [
      'nobody answers',
      () => {
        secret = `http://127.0.0.1:1${path}`;
      },
      /^Slack did not take the notice: no answer$/,
    ],
    [
      'it is none',
      () => {
        secret = `not an address ${path}`;
      },
      /^the secret shop\/slack-webhook holds no address$/,
    ],
    [
      'it is of another kind',
      () => {
        secret = `file://${path}`;
      },
      /^the secret shop\/slack-webhook holds no address$/,
    ],
  ])('is in no error and no log when %s', async (_, prepare, message) => {
    prepare();
    const error = await channel()(notice).then(
      () => undefined,
      (cause: Error) => cause,
    );
    expect(error?.message).toMatch(message);
    expect(error?.cause).toBeUndefined();
    expect(`${error?.stack}${written.join('')}`).not.toContain('not-a-real-token');
  });
});
