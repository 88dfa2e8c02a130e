import { describe, expect, test } from '@jest/globals';
import {
  articleOf,
  type Notice,
  renderNotice,
  runbookLink,
  type SituationName,
  situations,
} from '../../../core/notice/index.ts';
import { lengthOf } from '../../../core/notice/render.ts';

const now = new Date('2026-11-21T09:10:00Z');
const english = { language: 'en', timezone: 'Asia/Tokyo', now } as const;
const japanese = { ...english, language: 'ja' } as const;

const tooOld: Notice = {
  situation: 'recovery-point-too-old',
  state: 'begun',
  subject: 'main',
  region: 'ap-northeast-1',
  since: new Date('2026-11-21T07:00:00Z'),
  details: ['Threshold Crossed: 25800 > 25200'],
  safe: [
    { region: 'ap-northeast-1', newest: new Date('2026-11-20T21:00:00Z') },
    { region: 'ap-northeast-3', newest: 'unknown' },
  ],
};

describe('a notice says what happened, what it means, since when, what is still safe and what to open', () => {
  test('in English', () => {
    expect(renderNotice(tooOld, english)).toEqual({
      title: '[PAGE] main: newest recovery point is too old (ap-northeast-1)',
      text: [
        'What happened: main: newest recovery point is too old',
        'What it means: No backup or copy has been completed here for longer than the plan allows. The more time passes, the more work a disaster would cost.',
        'Where: Tokyo (ap-northeast-1)',
        'Since: 2026-11-21 16:00 GMT+9 (2 h 10 min ago)',
        'AWS says: Threshold Crossed: 25800 > 25200',
        'Still safe (newest recovery point):',
        '  Tokyo (ap-northeast-1): 2026-11-21 06:00 GMT+9 (12 h 10 min ago)',
        '  Osaka (ap-northeast-3): did not answer, so nobody knows',
        'Runbook: runbooks/en/recovery-point-too-old.md#recovery-point-too-old',
      ].join('\n'),
    });
  });

  test('in Japanese', () => {
    const { title, text } = renderNotice({ ...tooOld, safe: [{ region: 'ap-northeast-3', newest: 'none' }] }, japanese);
    expect(title).toBe('[緊急] main: 最新の復旧ポイントが古すぎます (ap-northeast-1)');
    expect(text).toMatch(/^いつから: 2026-11-21 16:00 GMT\+9 \(2時間10分前\)$/m);
    expect(text).toMatch(/^場所: 東京 \(ap-northeast-1\)$/m);
    expect(text).toMatch(/^無事なもの\(最新の復旧ポイント\):\n {2}大阪 \(ap-northeast-3\): 復旧ポイントなし$/m);
    expect(text).toMatch(/^手順書: runbooks\/ja\/recovery-point-too-old\.md#recovery-point-too-old$/m);
  });
});

test('a Region that this project has no word for is called by its code', () => {
  expect(renderNotice({ ...tooOld, region: 'eu-west-1' }, japanese).text).toMatch(/^場所: eu-west-1$/m);
});

test('an alarm that is over says so, and since when, and no longer what it would mean', () => {
  const { title, text } = renderNotice({ ...tooOld, state: 'over' }, english);
  expect(title).toBe('[over] main: newest recovery point is too old (ap-northeast-1)');
  expect(text).toContain('newest recovery point is too old (over)\n');
  expect(text).toContain('\nOver since: 2026-11-21 16:00 GMT+9 (2 h 10 min ago)');
  expect(text).not.toContain('What it means');
});

test('what concerns no single database lists nothing that is safe', () => {
  const { safe, subject, ...notice } = tooOld;
  const { title, text } = renderNotice({ ...notice, situation: 'sentinel-silent' }, english);
  expect(title).toBe('[PAGE] the sentinel is silent (ap-northeast-1)');
  expect(text).not.toContain('Still safe');
});

test('a title fits the subject of a mail without half a character', () => {
  const { title } = renderNotice({ ...tooOld, subject: '𠮷'.repeat(120) }, japanese);
  expect([...title]).toHaveLength(99);
  expect(title).toMatch(/𠮷…$/u);
});

test.each([
  [0, '0 min', '0分'],
  [-5, '0 min', '0分'],
  [59, '59 min', '59分'],
  [60, '1 h', '1時間'],
  [61, '1 h 1 min', '1時間1分'],
  [1_440, '1 d', '1日'],
  [1_529, '1 d 1 h', '1日1時間'],
])('%i minutes are %s', (minutes, english, japanese) => {
  expect(lengthOf(minutes * 60_000, 'en')).toBe(english);
  expect(lengthOf(minutes * 60_000, 'ja')).toBe(japanese);
});

test.each(Object.keys(situations) as SituationName[])('%s has words in both languages', (name) => {
  const { happened, means } = situations[name];
  for (const text of [happened, means]) {
    expect(text.en).not.toMatch(/[぀-ヿ一-鿿]/);
    expect(text.ja).toMatch(/[぀-ヿ一-鿿]/);
  }
});

test('a runbook link ends in the heading of the article, which an event shares with an alarm', () => {
  expect(articleOf('copy-job-failed')).toBe('recovery-point-too-old');
  expect(runbookLink('plan-changed', 'ja', 'https://wiki.example.com/runbooks/')).toBe(
    'https://wiki.example.com/runbooks/ja/protection-drift.md#protection-drift',
  );
});
