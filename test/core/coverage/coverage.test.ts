import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { coverDatabases, type DatabasePlan } from '../../../core/coverage/coverage.ts';
import { type BackupPolicyInput, type CloudPolicy, Duration, parsePolicy } from '../../../core/policy/index.ts';

type CloudInput = NonNullable<BackupPolicyInput['cloud']>;
type CadenceInput = NonNullable<CloudInput['cadence']>;
type Instance = Partial<Extract<CloudInput['databases'][string], { kind: 'instance' }>>;
type Cluster = Partial<Extract<CloudInput['databases'][string], { kind: 'cluster' }>>;

const now = new Date('2026-11-21T00:00:00Z');
const copiesOnly = { replicateAutomatedBackups: false } as const;

function cover(
  cadence: CadenceInput,
  database: Instance | Cluster = {},
  { rpo = '6h', rto = '4h', measured = {} }: { rpo?: string; rto?: string; measured?: Record<string, Duration> } = {},
): DatabasePlan {
  const kind = { kind: 'instance', engineVersion: '17.6', ...database };
  const policy = parsePolicy({ objectives: { rpo, rto }, cloud: { cadence, databases: { main: kind } } });
  return coverDatabases(policy.cloud as CloudPolicy, policy.objectives, measured, now)[0] as DatabasePlan;
}

/** One line for each way of protection: place, means, worst case, worst case after a failed run, points. */
function lines({ coverage }: DatabasePlan): string[] {
  return coverage.map(({ place, means, worst, afterFailure, kept }) =>
    [place, means, worst, afterFailure, kept.points && `${kept.points.least}-${kept.points.most}`, kept.for].join(' '),
  );
}

function canDeploy(cadence: CadenceInput): boolean {
  try {
    return cover(cadence).name === 'main';
  } catch {
    return false;
  }
}

const text = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('given the default policy', () => {
  test('then every place has its worst case, with and without a failed run, and its points', () => {
    expect(lines(cover({}))).toEqual([
      'primary point-in-time 5m   14d',
      'primary snapshots 255m 435m 112-115 14d',
      'replica point-in-time 5m   14d',
      'replica copies 5h 8h 112-115 14d',
    ]);
  });

  test('then the terms of the copies in the replica Region are the whole chain', () => {
    expect(text(cover({}).coverage[3]?.terms)).toEqual([
      { length: '3h', of: 'starts', expired: 0 },
      { length: '1h', of: 'start window' },
      { length: '15m', of: 'snapshot', assumed: true },
      { length: '45m', of: 'copy', assumed: true },
    ]);
  });

  test('then replicated automated backups are told to have no bound', () => {
    expect(text(cover({}).coverage[2]?.terms)).toEqual([{ length: '5m', of: 'log upload' }, { of: 'replication' }]);
  });

  test('then nothing stands against its objectives', () => {
    expect(cover({}).problems).toEqual([]);
  });
});

describe('given what the policy says of a database', () => {
  test('when it expects job times, then they replace the assumptions', () => {
    expect(text(cover({}, { expected: { snapshot: '20m', copy: '1h' } }).coverage[3]?.terms.slice(2))).toEqual([
      { length: '20m', of: 'snapshot', assumed: false },
      { length: '1h', of: 'copy', assumed: false },
    ]);
  });

  test('when it has an objective of its own, then that counts, and the other is the policy’s', () => {
    const { objectives, problems } = cover({}, { ...copiesOnly, objectives: { rpo: '4h' } });
    expect(text(objectives)).toEqual({ rpo: '4h', rto: '4h' });
    expect(problems.map(({ kind }) => kind)).toEqual(['objective']);
  });

  test('when it is a cluster that is copied daily, then the worst case in the replica Region is more than a day', () => {
    expect(lines(cover({}, { kind: 'cluster', copyEvery: '24h', objectives: { rpo: '27h' } }))).toEqual([
      'primary point-in-time 5m   15d',
      'primary snapshots 255m 435m 112-115 14d',
      'replica copies 26h 50h 14-15 14d',
    ]);
  });
});

describe('given a timezone with summer time', () => {
  test('then the gap that the change of the clocks leaves is the worst, and its day is told', () => {
    const { coverage } = cover({ every: '4h', startsAt: '02:00', timezone: 'America/New_York' });
    expect(text(coverage[1]?.terms[0])).toEqual({ length: '7h', of: 'starts', expired: 0, clocksChange: '2027-03-14' });
  });
});

describe('given an objective that cannot be met', () => {
  test('when replication would meet it, then that and a cadence that leaves RDS its windows are the remedies', () => {
    expect(text(cover({}, { ...copiesOnly, objectives: { rpo: '290m' } }).problems)).toEqual([
      {
        kind: 'objective',
        place: 'replica',
        objective: '290m',
        worst: '5h',
        withoutCadence: '2h',
        remedies: [
          { replicateAutomatedBackups: true, gives: '5m' },
          { every: '160m', gives: '280m' },
        ],
      },
    ]);
  });

  test('when a cluster copies less often than it could, then copying oftener is the remedy', () => {
    const { problems } = cover({}, { kind: 'cluster', copyEvery: '24h', objectives: { rpo: '9h' } });
    expect(text(problems[0])).toMatchObject({ worst: '26h', remedies: [{ copyEvery: '6h', gives: '8h' }] });
  });

  test('when the start window is what is too long, then shortening it alone is the remedy', () => {
    const { problems } = cover({ every: '6h', startWindow: '3h' }, { ...copiesOnly, objectives: { rpo: '9h' } });
    expect(text(problems[0])).toMatchObject({
      worst: '10h',
      remedies: [
        { replicateAutomatedBackups: true },
        { startWindow: '1h', gives: '8h' },
        { every: '288m', gives: '528m' },
      ],
    });
  });

  test('when only both changes together meet it, then both are the remedy', () => {
    const { problems } = cover({ every: '6h', startWindow: '4h' }, { ...copiesOnly, objectives: { rpo: '5h' } });
    expect(text(problems[0])).toMatchObject({
      remedies: [{ replicateAutomatedBackups: true }, { every: '3h', startWindow: '1h', gives: '5h' }],
    });
  });

  test('when window, snapshot and copy alone exceed it, then no cadence is proposed', () => {
    const { problems } = cover({}, { ...copiesOnly, objectives: { rpo: '4m' } });
    expect(text(problems)).toMatchObject([
      { place: 'primary', worst: '5m', withoutCadence: '75m', remedies: [] },
      { place: 'replica', worst: '5h', withoutCadence: '2h', remedies: [] },
    ]);
  });

  test('then every remedy, written into the policy, meets it with the worst case it was told to give', () => {
    const durations = (minutes: number[]) => fc.constantFrom(...minutes.map((minute) => `${minute}m`));
    fc.assert(
      fc.property(
        durations([180, 240, 360, 480, 720]),
        durations([60, 90, 120]),
        durations([5, 15, 60]),
        durations([15, 45, 100]),
        fc.integer({ min: 130, max: 900 }),
        (every, startWindow, snapshot, copy, rpo) => {
          const expected = { snapshot, copy } as NonNullable<Instance['expected']>;
          const database = { ...copiesOnly, expected };
          const cadence = { every, startWindow } as CadenceInput;
          fc.pre(canDeploy(cadence));
          for (const problem of cover(cadence, database, { rpo: `${rpo}m` }).problems) {
            if (problem.kind !== 'objective') continue;
            for (const { gives, replicateAutomatedBackups, ...change } of problem.remedies) {
              const changed = { ...cadence, ...text(change) };
              const own = replicateAutomatedBackups ? { ...database, replicateAutomatedBackups } : database;
              const { coverage, problems } = cover(changed, own, { rpo: `${rpo}m` });
              expect(problems).toEqual([]);
              expect(coverage.find(({ place }) => place === 'replica')?.worst).toEqual(gives);
            }
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('given jobs that take long', () => {
  test('when they outlast the cadence, then some starts expire, and a cadence with room is the remedy', () => {
    const { problems } = cover({}, { expected: { copy: '3h' } });
    expect(text(problems)).toEqual([
      { kind: 'overrun', busy: '205m', every: '3h', always: false, remedy: { every: '4h', gives: '495m' } },
    ]);
  });

  test('when they outlast cadence and start window together, then the start after every run expires', () => {
    const { problems, coverage } = cover({}, { expected: { copy: '4h' } });
    expect(problems).toMatchObject([{ kind: 'overrun', always: true }]);
    expect(text(coverage[1]?.terms[0])).toEqual({ length: '6h', of: 'starts', expired: 1 });
  });

  test('when a day is too short for them, then there is no remedy', () => {
    const { problems } = cover({}, { expected: { copy: '2d' } });
    expect(problems[0]).not.toHaveProperty('remedy');
  });

  test('when a snapshot outlasts the completion window, then it is told that AWS cancels it', () => {
    const { problems } = cover({ every: '12h' }, { expected: { snapshot: '4h' } });
    expect(text(problems)).toEqual([{ kind: 'cancelled', snapshot: '4h', completionWindow: '3h' }]);
  });
});

describe('given restores on record', () => {
  test('when the longest is within the objective, then it is told beside it', () => {
    const measured = { main: Duration.seconds(7_200) };
    expect(cover({}, {}, { measured })).toMatchObject({ measuredRto: measured.main, problems: [] });
  });

  test('when the longest took longer, then the objective is not met', () => {
    const { problems } = cover({}, {}, { measured: { main: Duration.seconds(18_000) } });
    expect(text(problems)).toEqual([{ kind: 'restore', objective: '4h', measured: '5h' }]);
  });
});

test('given a cadence that leaves RDS no room for its windows, it is refused as it is at synth', () => {
  expect(() => cover({ every: '1h' })).toThrow('RDS needs 30 minutes a day for its own backup');
});
