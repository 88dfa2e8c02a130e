import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formerExtensions } from '../../../../core/integrity/checks/former-extensions.ts';
import { shrinkage } from '../../../../core/integrity/checks/shrinkage.ts';
import type { TableFingerprint } from '../../../../core/integrity/fingerprint.ts';
import { fingerprint, table } from './fingerprints.ts';
import { summary } from './support.ts';

const compare = (
  before: readonly TableFingerprint[],
  now: readonly TableFingerprint[],
  percent = 20,
  unseen: string[] = [],
) => {
  const hidden = unseen.map((name) => ({ kind: 'table' as const, name, why: 'error' as const, text: 'not reached' }));
  const restored = { databases: ['shop'], fingerprints: { shop: fingerprint(now, { unseen: hidden }) } };
  return shrinkage({ shop: fingerprint(before) }, restored, percent, 'fail').map(summary);
};

describe('against the last evidence', () => {
  test('a table may have lost exactly the tolerance, and not a row more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 100 }),
        (before, now, percent) => {
          const [result] = compare([table('t', before)], [table('t', now)], percent);
          const isTooMuch = (before - now) / before > percent / 100 + 1e-12;
          expect(result?.outcome).toBe(isTooMuch ? 'failed' : 'passed');
        },
      ),
    );
  });

  test('a truncated table and a dropped one are named, the largest loss first', () => {
    expect(compare([table('a', 10), table('b', 1_000), table('c', 5)], [table('b', 0), table('c', 5)])).toEqual([
      {
        outcome: 'failed',
        findings: [
          'public.b has 0 rows, 100 % less than the 1,000 of the last evidence',
          'public.a is missing; it had 10 rows',
        ],
      },
    ]);
  });

  test('a dropped table is a loss whatever the tolerance', () => {
    expect(compare([table('a', 10)], [], 100)[0]?.findings).toEqual(['public.a is missing; it had 10 rows']);
  });

  test('partitions come and go, and are counted together', () => {
    const partition = (name: string, rows: number) => table(name, rows, rows, { kind: 'partition' });
    const before = [partition('p1', 100), partition('p2', 100)];
    expect(compare(before, [partition('p2', 100), partition('p3', 80)])[0]?.outcome).toBe('passed');
    expect(compare(before, [partition('p2', 100)])[0]?.findings).toEqual([
      'partitions of schema public has 100 rows, 50 % less than the 200 of the last evidence',
    ]);
  });

  test('what was not read is not covered, and of partitions then none are', () => {
    const partition = (name: string) => table(name, 100, 100, { kind: 'partition' });
    expect(compare([table('a', 10)], [], 20, ['public.a'])).toEqual([
      { outcome: 'incomplete', findings: [], notCovered: ['public.a'] },
    ]);
    expect(compare([partition('p1'), partition('p2')], [partition('p1')], 20, ['public.p2'])).toEqual([
      { outcome: 'incomplete', findings: [], notCovered: ['partitions of schema public'] },
    ]);
  });

  test('a database that is gone is a finding, and one that was not read is not covered', () => {
    const previous = { shop: fingerprint([]) };
    expect(shrinkage(previous, { databases: [], fingerprints: {} }, 20, 'fail').map(summary)).toEqual([
      { outcome: 'failed', findings: ['shop the database is missing'] },
    ]);
    expect(shrinkage(previous, { databases: ['shop'], fingerprints: {} }, 20, 'fail').map(summary)).toEqual([
      { outcome: 'incomplete', findings: [], notCovered: ['shop'] },
    ]);
  });

  test('without any, it is skipped', () => {
    expect(shrinkage(undefined, { databases: [], fingerprints: {} }, 20, 'fail')).toMatchObject([
      { outcome: 'skipped', text: 'there is no earlier evidence' },
    ]);
  });
});

describe('extensions of the last evidence', () => {
  const extension = (name: string, version: string) => ({ name, version, schema: 'public' });
  const withExtensions = (version: string, ...extensions: ReturnType<typeof extension>[]) =>
    fingerprint([], { extensions, server: { version, major: 17 } });
  const run = (before: ReturnType<typeof withExtensions>, now: ReturnType<typeof withExtensions>) =>
    formerExtensions({ shop: before }, { databases: ['shop'], fingerprints: { shop: now } }, 'fail').map(summary);

  test('missing or of another version are named, and more of them are no loss', () => {
    const before = withExtensions('17.5', extension('postgis', '3.5'), extension('citext', '1.6'));
    expect(run(before, withExtensions('17.5', extension('postgis', '3.4'), extension('pg_trgm', '1.6')))).toEqual([
      { outcome: 'failed', findings: ['extension postgis has version 3.4; it was 3.5', 'extension citext is missing'] },
    ]);
  });

  test('may have another version on another version of the server', () => {
    const before = withExtensions('17.5', extension('postgis', '3.5'), extension('citext', '1.6'));
    expect(run(before, withExtensions('18.1', extension('postgis', '3.6')))[0]?.findings).toEqual([
      'extension citext is missing',
    ]);
  });

  test('do not count amcheck, which the drill brings', () => {
    expect(run(withExtensions('17.5', extension('amcheck', '1.4')), withExtensions('17.5'))[0]?.outcome).toBe('passed');
  });

  test('are nothing to compare with before the first evidence', () => {
    expect(formerExtensions(undefined, { databases: [], fingerprints: {} }, 'fail')).toEqual([]);
  });
});
