import { BackupClient, ListRecoveryPointsByBackupVaultCommand } from '@aws-sdk/client-backup';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, type PublishInput, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { awsHost } from '../../../lambda/notifier/aws-host.ts';
import type { NotifierHost } from '../../../lambda/notifier/host.ts';
import { notify } from '../../../lambda/notifier/notifier.ts';
import { Recent } from '../../../lambda/notifier/recent.ts';
import { backupJob, copyJob, mainArn, rdsEvent } from '../../helpers/sample-events.ts';
import { notifierConfig as config } from '../../helpers/sample-notifier.ts';

const now = new Date('2026-11-21T09:10:00Z');
let mails: PublishInput[];
let slack: string[];
/** Failures to come, one for each attempt. */
let slackFails: number;
let points: Record<string, { CreationDate: Date; Status?: string; ResourceArn?: string }[] | Error>;
/** Whose points these are. */
let protectedArn: string;
let host: NotifierHost;
let recent: Recent;

beforeEach(() => {
  mails = [];
  slack = [];
  slackFails = 0;
  recent = new Recent();
  protectedArn = mainArn;
  points = {
    'ap-northeast-1': Array.from({ length: 1_500 }, (_, index) => ({
      CreationDate: new Date(now.getTime() - (1_500 - index) * 3_600_000),
    })),
    'ap-northeast-3': [],
  };
  const sns = new SNSClient({ region: 'ap-northeast-1' });
  mockClient(sns)
    .on(PublishCommand)
    .callsFake((input) => {
      mails.push(input);
      return {};
    });
  const backupIn = (region: string) => {
    const client = new BackupClient({ region });
    mockClient(client)
      .on(ListRecoveryPointsByBackupVaultCommand)
      .callsFake(({ ByResourceArn, MaxResults, NextToken }) => {
        const found = points[region];
        if (!Array.isArray(found)) throw found;
        expect(ByResourceArn).toBe(protectedArn);
        const [first, all] = [Number(NextToken ?? 0), found.map((one) => ({ Status: 'COMPLETED', ...one }))];
        const next = first + MaxResults;
        return { RecoveryPoints: all.slice(first, next), NextToken: next < all.length ? `${next}` : undefined };
      });
    return client;
  };
  const secrets = new SecretsManagerClient({ region: 'ap-northeast-1' });
  mockClient(secrets).on(GetSecretValueCommand).rejects(new Error('not for these tests'));
  const aws = awsHost({ backupIn, secrets, sns }, config);
  host = {
    ...aws,
    now: () => now,
    channels: {
      ...aws.channels,
      slack: async ({ title, text }) => {
        if (slackFails > 0) {
          slackFails -= 1;
          throw new Error('Slack did not take the notice: status 500');
        }
        slack.push(`${title}\n${text}`);
      },
    },
  };
});

const tell = (event: Parameters<typeof notify>[0]) => notify(event, config, host, recent);

const alarm = {
  AlarmName: 'shop/recovery-point-too-old/main',
  AlarmArn: 'arn:aws:cloudwatch:ap-northeast-1:111122223333:alarm:shop/recovery-point-too-old/main',
  AlarmDescription: 'x',
  NewStateValue: 'ALARM',
  NewStateReason: 'Threshold Crossed',
  StateChangeTime: '2026-11-21T09:00:00.000+0000',
};
const fromTopic = (message: object, attributes?: object) => ({
  Records: [{ Sns: { Message: JSON.stringify(message), ...(attributes && { MessageAttributes: { ...attributes } }) } }],
});

describe('an event', () => {
  test('goes to Slack and by mail, with what is still safe in each Region', async () => {
    await tell(backupJob('FAILED', { statusMessage: 'no room' }));
    expect(slack).toHaveLength(1);
    expect(slack[0]).toMatch(/^\[ticket\] main: a backup did not complete cleanly \(ap-northeast-1\)$/m);
    expect(slack[0]).toMatch(/^AWS says: FAILED: no room$/m);
    expect(slack[0]).toMatch(/^ {2}Tokyo \(ap-northeast-1\): 2026-11-21 17:10 GMT\+9 \(1 h ago\)$/m);
    expect(slack[0]).toMatch(/^ {2}Osaka \(ap-northeast-3\): no recovery point$/m);
    expect(mails).toEqual([
      expect.objectContaining({
        TopicArn: config.topicArn,
        Subject: '[ticket] main: a backup did not complete cleanly (ap-northeast-1)',
        Message: expect.stringContaining('Runbook: runbooks/en/recovery-point-too-old.md#recovery-point-too-old'),
      }),
    ]);
  });

  test('of the uploads says what is safe of them', async () => {
    protectedArn = 'arn:aws:s3:::shop-photos';
    await tell(copyJob('FAILED', { resourceArn: protectedArn }));
    expect(slack[0]).toMatch(/^\[ticket\] Uploads: a copy did not complete cleanly \(ap-northeast-1\)$/m);
    expect(slack[0]).toMatch(/^ {2}Tokyo \(ap-northeast-1\): 2026-11-21 17:10 GMT\+9 \(1 h ago\)$/m);
  });

  test('is told although a Region does not answer', async () => {
    points['ap-northeast-1'] = new Error('connect ETIMEDOUT');
    await tell(rdsEvent('0031'));
    expect(slack[0]).toMatch(/^ {2}Tokyo \(ap-northeast-1\): did not answer, so nobody knows$/m);
  });

  test('counts no point as safe that is not completed', async () => {
    points['ap-northeast-3'] = [{ CreationDate: now, Status: 'PARTIAL' }];
    await tell(backupJob('FAILED'));
    expect(slack[0]).toMatch(/ {2}Osaka \(ap-northeast-3\): no recovery point$/m);
  });

  test('of somebody else is not told', async () => {
    await tell(rdsEvent('0003', 'theirs'));
    expect([slack, mails]).toEqual([[], []]);
  });
});

describe('an alarm', () => {
  test('goes to Slack only: the mail has gone out from the topic itself', async () => {
    await tell(fromTopic(alarm));
    expect(slack[0]).toMatch(/^\[PAGE\] main: newest recovery point is too old/);
    expect(mails).toEqual([]);
  });

  test('that is over asks for nothing that is safe', async () => {
    points = {};
    await tell(fromTopic({ ...alarm, NewStateValue: 'OK' }));
    expect(slack[0]).toMatch(/^\[over\] main/);
    expect(slack[0]).not.toContain('Still safe');
  });

  test('the notifier does not answer its own mails', async () => {
    await tell(backupJob('FAILED'));
    const [{ Message, MessageAttributes } = {}] = mails;
    await tell({ Records: [{ Sns: { Message: Message ?? '', MessageAttributes: MessageAttributes ?? {} } }] });
    expect([slack.length, mails.length]).toEqual([1, 1]);
  });
});

describe('how a drill ended', () => {
  const ended = {
    Records: [
      {
        Sns: {
          MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
          Subject: '[drill] shop: restore drill passed (ap-northeast-1)',
          Message: 'main (latest): passed',
          MessageAttributes: { drill: { Type: 'String', Value: 'yes' } },
        },
      },
    ],
  };

  test('goes to Slack word for word, once; the mail has gone out from the topic itself', async () => {
    await tell(ended);
    await tell(ended);
    expect(slack).toEqual(['[drill] shop: restore drill passed (ap-northeast-1)\nmain (latest): passed']);
    expect(mails).toEqual([]);
  });
});

describe('once per channel', () => {
  test('one copy job, seen in both Regions and delivered twice, is told once', async () => {
    for (const region of ['ap-northeast-1', 'ap-northeast-3', 'ap-northeast-1'])
      await tell(copyJob('FAILED', {}, region));
    expect([slack.length, mails.length]).toEqual([1, 1]);
  });

  test('what changes is told again: another state, another job', async () => {
    await tell(copyJob('PARTIAL'));
    await tell(copyJob('FAILED'));
    await tell(copyJob('FAILED', { copyJobId: 'another' }));
    expect(slack).toHaveLength(3);
  });

  test('a channel that failed fails the invocation, and only that one is tried again', async () => {
    slackFails = 1;
    await expect(tell(backupJob('FAILED'))).rejects.toThrow(
      'not delivered: Error: Slack did not take the notice: status 500',
    );
    expect([slack.length, mails.length]).toEqual([0, 1]);
    await tell(backupJob('FAILED'));
    expect([slack.length, mails.length]).toEqual([1, 1]);
  });

  test('without Slack there are mails', async () => {
    const { slack: _, ...channels } = host.channels;
    await notify(backupJob('FAILED'), config, { ...host, channels: { ...channels, slack: undefined } }, recent);
    expect(mails).toHaveLength(1);
  });
});

test('what it remembers has an end, oldest first', () => {
  const recent = new Recent(2);
  for (const key of ['a', 'b', 'c']) recent.add(key);
  expect(['a', 'b', 'c'].map((key) => recent.has(key))).toEqual([false, true, true]);
});
