import type { DrillFacts } from '../../core/evidence/facts.ts';
import type { DrillMark, DrillMarkName } from '../../core/evidence/record.ts';
import type { CheckResult } from '../../core/integrity/checks/check.ts';
import type { DatabaseFingerprint } from '../../core/integrity/index.ts';
import type { DrillCheck } from '../../core/policy/drills.ts';

export const startedAt = '2026-11-01T01:00:00.000Z';

/** A moment of the drill, so many minutes after its start. */
export function minute(minutes: number): string {
  return new Date(Date.parse(startedAt) + minutes * 60_000).toISOString();
}

export function mark(name: DrillMarkName, minutes: number): DrillMark {
  return { name, at: minute(minutes) };
}

export function checkResult(check: DrillCheck, result: Partial<CheckResult> = {}): CheckResult {
  return {
    check,
    database: 'shop',
    outcome: 'passed',
    text: 'everything was looked at',
    findings: [],
    more: 0,
    covered: 2,
    of: 2,
    notCovered: [],
    seconds: 3,
    ...result,
  };
}

export function sampleFingerprint(name = 'shop'): DatabaseFingerprint {
  const collation = {
    provider: 'libc',
    collate: 'C',
    ctype: 'C',
    locale: null,
    rules: null,
    recordedVersion: null,
    actualVersion: null,
  } as const;
  return {
    format: 1,
    takenAt: minute(40),
    server: { version: '17.6', major: 17 },
    database: {
      ...{ name, owner: 'app', encoding: 'UTF8', collation, settings: [], grants: [] },
      ...{ comment: null, connectionLimit: -1 },
    },
    extensions: [],
    schema: { digest: '0'.repeat(64), objects: [] },
    tables: [],
    sequences: [],
    largeObjects: { count: 0, bytes: 0, content: '0'.repeat(32), access: '0'.repeat(64) },
    roles: [],
    unseen: [],
  };
}

/** A drill of one database with one table, in which everything went well. */
export function sampleFacts(): DrillFacts {
  const part = { schema: 'public', name: 'orders', kind: 'table', persistence: 'permanent' } as const;
  return {
    policy: 'shop',
    drill: 'drill-2026-11',
    trigger: 'schedule',
    database: 'main',
    kind: 'instance',
    place: 'primary',
    region: 'ap-northeast-1',
    source: 'latest',
    sequence: 1,
    previous: null,
    startedAt,
    finishedAt: minute(60),
    scratch: 'shop-drill-0123456789ab',
    objectives: { rpoSeconds: 3 * 3_600, rtoSeconds: 4 * 3_600 },
    waitsUntilLoaded: false,
    checks: { connect: 'fail', readable: 'fail', sequences: 'fail' },
    note: {
      origin: {
        recoveryPoint: 'arn:aws:rds:ap-northeast-1:111122223333:snapshot:awsbackup:job-1',
        createdAt: minute(-70),
        databaseTime: minute(-65),
        basis: 'snapshot-database-time',
        bytes: 20 * 2 ** 30,
      },
      scratch: { identifier: 'shop-drill-0123456789ab', instanceClass: 'db.t4g.medium', engineVersion: '17.6' },
    },
    marks: [
      mark('chosen', 0),
      mark('restore-asked', 1),
      mark('available', 30),
      mark('password-asked', 31),
      mark('password-taken', 33),
      mark('surveyed', 34),
      mark('checked', 50),
    ],
    survey: {
      databases: [{ name: 'shop', bytes: 5_000_000, tables: 1 }],
      batches: [
        { kind: 'database', database: 'shop' },
        { kind: 'tables', database: 'shop', parts: [part] },
      ],
      checks: [checkResult('connect', { database: '' })],
    },
    answers: new Map([
      [
        0,
        {
          checks: [checkResult('sequences'), checkResult('readable', { covered: 1, of: 1 })],
          tables: [],
          fingerprint: sampleFingerprint(),
          freshness: [],
        },
      ],
      [
        1,
        {
          checks: [checkResult('readable', { covered: 1, of: 1 })],
          tables: [{ ...part, database: 'shop', rows: 12, content: '0'.repeat(31).concat('f'), bytes: 8_192 }],
          freshness: [],
        },
      ],
    ]),
    compared: [],
  };
}
