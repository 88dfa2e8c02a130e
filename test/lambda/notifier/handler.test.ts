import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { NotifierConfig } from '../../../lambda/notifier/config.ts';
import { type StandIn, standInForAws } from '../../helpers/aws-stand-in.ts';
import { setClock } from '../../helpers/local-clock.ts';
import { backupJob } from '../../helpers/sample-events.ts';
import { notifierConfig } from '../../helpers/sample-notifier.ts';

let aws: StandIn;
beforeAll(async () => {
  setClock(Date.parse('2026-11-21T09:00:00Z'));
  const config: NotifierConfig = { ...notifierConfig, language: 'ja' };
  aws = await standInForAws(
    {
      Publish: '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
      'GET /backup-vaults/shop-replica/recovery-points': JSON.stringify({
        RecoveryPoints: [{ Status: 'COMPLETED', CreationDate: Date.parse('2026-11-21T08:00:00Z') / 1_000 }],
      }),
    },
    { NOTIFIER: JSON.stringify(config) },
  );
});
afterAll(() => {
  aws.close();
  jest.useRealTimers();
});

test('reads its configuration once, asks both vaults and sends one mail for an event that comes twice', async () => {
  const { handler } = await import('../../../lambda/notifier/handler.ts');
  await handler(backupJob('FAILED'));
  await handler(backupJob('FAILED'));
  const operations = aws.calls.map(({ operation }) => operation);
  expect(operations.sort()).toEqual([
    'GET /backup-vaults/shop-primary/recovery-points',
    'GET /backup-vaults/shop-replica/recovery-points',
    'Publish',
  ]);
  const mail = new URLSearchParams(aws.calls.find(({ operation }) => operation === 'Publish')?.body);
  expect(mail.get('Subject')).toBe('[要確認] main: バックアップが正常に完了しませんでした (ap-northeast-1)');
  expect(mail.get('Message')).toMatch(/大阪 \(ap-northeast-3\): .* \(1時間前\)$/m);
  expect(mail.get('Message')).toMatch(/東京 \(ap-northeast-1\): 復旧ポイントなし$/m);
});
