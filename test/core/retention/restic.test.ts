import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pMap from 'p-map';
import { SeededRandom } from '../../helpers/local-random.ts';

const run = promisify(execFile);
// Nearly a hundred commands, each of which derives the key of the repository: restic means that to take its time.
jest.setTimeout(300_000);

/** Summer time begins and ends there, and both are among the moments below. */
const timezone = 'America/New_York';
const snapshots = 48;
const histories = 6;
const policies = 40;

const random = new SeededRandom();
const rules = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
const withinRules = ['within', 'withinHourly', 'withinDaily', 'withinWeekly', 'withinMonthly', 'withinYearly'] as const;

interface Snapshot {
  readonly time: string;
  readonly tags: readonly string[];
}

let home: string;

function restic(...args: string[]) {
  const env = {
    ...process.env,
    TZ: timezone,
    RESTIC_PASSWORD: 'x',
    RESTIC_REPOSITORY: join(home, 'repository'),
    RESTIC_CACHE_DIR: join(home, 'cache'),
  };
  return run('restic', args, { env, cwd: join(home, 'source') });
}

/** Around the ends of days, weeks, months, years and of summer time, near and far; local time, as restic reads it. */
function randomMoment(): string {
  const [year, month, day] = random.from([
    [2024, 12, 28],
    [2025, 2, 26],
    [2025, 3, 8],
    [2025, 10, 31],
    [2025, 12, 26],
    [2026, 2, 27],
    [2026, 3, 6],
  ] as const);
  const date = new Date(Date.UTC(year, month - 1, day + random.below(7), random.below(24), random.below(60)));
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

function randomPolicy(): Record<string, number | string> {
  const counted = rules.filter(() => random.below(4) === 0).map((rule) => [rule, 1 + random.below(6)]);
  const timed = withinRules
    .filter(() => random.below(5) === 0)
    .map((rule) => [rule, `${random.below(2)}y${random.below(14)}mo${random.below(40)}d${1 + random.below(50)}h`]);
  const policy = Object.fromEntries([...counted, ...timed]);
  return Object.keys(policy).length > 0 ? policy : { daily: 1 + random.below(9) };
}

function resticOptions(policy: Record<string, number | string>): string[] {
  return Object.entries(policy).flatMap(([rule, value]) => [
    `--keep-${rule.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    // Months are `m` there.
    `${value}`.replace('mo', 'm'),
  ]);
}

function byMoment(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fukugen-test-'));
  await mkdir(join(home, 'source'));
  await writeFile(join(home, 'source', 'a'), 'a');
  await restic('init', '--quiet');
  const moments = Array.from({ length: snapshots }, () => ({
    time: randomMoment(),
    in: Array.from({ length: histories }, (_, history) => history).filter(() => random.below(2) === 0),
  }));
  await pMap(
    moments,
    ({ time, in: tags }) =>
      restic(
        'backup',
        '.',
        '--quiet',
        '--force',
        '--time',
        time,
        ...tags.flatMap((tag) => ['--tag', `history-${tag}`]),
      ),
    { concurrency: 2 },
  );
});

afterAll(() => rm(home, { recursive: true, force: true }));

describe('given random histories of snapshots in a real repository', () => {
  it(`when ${policies} random policies are asked of the installed restic, then it keeps exactly what this project keeps`, async () => {
    const all = JSON.parse((await restic('snapshots', '--json', '--no-lock')).stdout) as Snapshot[];
    expect(all).toHaveLength(snapshots);
    const cases = Array.from({ length: policies }, () => ({
      history: `history-${random.below(histories)}`,
      retention: randomPolicy(),
    }));
    const expected = await pMap(
      cases,
      async ({ history, retention }) => {
        const args = ['forget', '--dry-run', '--no-lock', '--json', '--group-by', 'host', '--tag', history];
        const { stdout } = await restic(...args, ...resticOptions(retention));
        const [group] = JSON.parse(stdout) as { keep: Snapshot[] | null; remove: Snapshot[] | null }[];
        return { keep: (group?.keep ?? []).map(({ time }) => time), removed: group?.remove?.length ?? 0 };
      },
      { concurrency: 2 },
    );
    const questions = cases.map(({ history, retention }) => ({
      moments: all.filter(({ tags }) => tags?.includes(history)).map(({ time }) => time),
      retention,
    }));
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'test/helpers/retention-decisions.ts'],
      { input: JSON.stringify(questions), encoding: 'utf8', env: { ...process.env, TZ: timezone, NODE_OPTIONS: '' } },
    );
    expect(stderr).toBe('');
    const decided = JSON.parse(stdout) as string[][];
    // What is left of a count goes to the oldest snapshot in later versions only; keeping it is never the worse mistake.
    const keepsOldest = /oldest snapshot in the group is kept/.test((await restic('forget', '--help')).stdout);
    cases.forEach((asked, index) => {
      const [oldest] = (questions[index]?.moments ?? []).toSorted(byMoment);
      const theirs = (expected[index]?.keep ?? []).toSorted(byMoment);
      const ours = (decided[index] ?? []).toSorted(byMoment);
      const isExtra = !keepsOldest && ours[0] === oldest && theirs[0] !== oldest;
      expect([random.seed, asked, isExtra ? ours.slice(1) : ours]).toEqual([random.seed, asked, theirs]);
    });
    // Else the comparison would hold for a policy that keeps, or removes, whatever it is given.
    expect(expected.filter(({ removed }) => removed > 0).length).toBeGreaterThan(policies / 4);
    expect(new Set(expected.map(({ keep }) => keep.length)).size).toBeGreaterThan(4);
  });
});
