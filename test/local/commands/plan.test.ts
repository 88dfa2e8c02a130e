import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultPrices, planPolicy } from '../../../core/coverage/index.ts';
import { type BackupPolicyInput, Duration, parsePolicy } from '../../../core/policy/index.ts';
import { plan } from '../../../local/commands/plan.ts';
import { report } from '../../../local/commands/plan-report.ts';
import { asText } from '../../../local/console/document.ts';

const root = resolve(import.meta.dirname, '../../..');
const now = new Date('2026-11-21T00:00:00Z');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-plan-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function planOf(policy: BackupPolicyInput, options: { markdown?: boolean } = {}) {
  const config = join(folder, 'policy.yaml');
  await writeFile(config, JSON.stringify(policy));
  return plan(folder, { config, ...options }, now);
}

const instance = { kind: 'instance', engineVersion: '17.6' } as const;
const copiesOnly = { ...instance, replicateAutomatedBackups: false } as const;
const cloud = { databases: { main: instance } };

/** The lines of the output that begin with a label, and those that belong to it. */
function fact(text: string, label: string): string[] {
  const lines = text.split('\n').map((line) => line.slice(2));
  const first = lines.findIndex((line) => line.startsWith(`${label} `));
  const column = lines[first]?.search(/(?<=\S {2,})\S/) ?? 0;
  const end = lines.findIndex((line, index) => index > first && !line.startsWith(' '.repeat(column)));
  return lines.slice(first, end === -1 ? undefined : end).map((line) => line.slice(column));
}

describe('given a cloud policy', () => {
  test('then its table lines up and says what each place gives', async () => {
    const { status, text, isAnswer } = await planOf({ cloud });
    expect({ status, isAnswer }).toEqual({ status: 0, isAnswer: true });
    expect(text.split('\n').slice(0, 10)).toEqual([
      'fukugen: lose at most 6h (RPO), back within 4h (RTO)',
      '',
      '  The RPO can be met. Whether the RTO can, only a restore tells.',
      '',
      'main: RDS instance of 100GiB in Tokyo',
      '',
      '  PLACE  BY                         WORST CASE  IF ONE RUN FAILS  KEPT',
      '  Tokyo  point in time              5m          -                 every second of 14d',
      '  Tokyo  snapshots                  4h 15m      7h 15m            112-115 points, 14d',
      '  Osaka  point in time, replicated  5m + lag    -                 every second of 14d',
    ]);
  });

  test('then the worst case is derived in words', async () => {
    const { text } = await planOf({ cloud });
    expect(fact(text, 'RPO')).toEqual([
      '6h at most; met in Tokyo, met in Osaka',
      'snapshots: 4h 15m = 3h from one start to the next + 1h start window + 15m snapshot (assumed)',
      'copies:    5h 00m = 3h from one start to the next + 1h start window + 15m snapshot (assumed) + 45m copy (assumed)',
      'lag:       AWS gives no bound for how far replicated automated backups are behind',
    ]);
    expect(fact(text, 'RTO')).toEqual(['4h at most; not measured yet']);
  });

  test('then the copies are counted honestly', async () => {
    const { text } = await planOf({ cloud: { databases: { main: { ...instance, multiAz: true } } } });
    expect(fact(text, '3-2-1')).toEqual([
      'holds: 3 copies on 2 media, 1 off-site',
      'the database on its own volume; recovery points in Tokyo, copies in Osaka (off-site) on snapshot storage of AWS',
      'One provider, one account: who can delete the account can delete them all.',
      'The standby of multiAz is not counted: a wrong DELETE reaches it at once.',
    ]);
  });

  test('with copies in a second account, then it says where they are, and who pays for their way', async () => {
    const second = { account: '111122223333', replica: { account: '444455556666' }, ...cloud };
    const { text } = await planOf({ cloud: second });
    expect(text).toMatch(/^ {2}Osaka, account 444455556666 +copies +5h 00m/m);
    expect(text).toMatch(/^ {2}Osaka +point in time, replicated/m);
    expect(text).toMatch(/changes from Tokyo to Osaka, account 444455556666 +152 GB +0\.090 +13\.69/);
    expect(text).toMatch(/changes of automated backups from Tokyo to Osaka +152 GB +0\.090 +13\.69/);
    expect(fact(text, '3-2-1').slice(1)).toEqual([
      'the database on its own volume; recovery points in Tokyo, copies in Osaka, account 444455556666 (off-site) on snapshot storage of AWS',
      'One provider, two accounts: who takes over that of the database cannot delete the copies; the organization above both can.',
      'Replicated automated backups are in the account of the database.',
    ]);
    expect(fact(text, 'once')).toEqual(['18.00 USD for the first full copies']);
  });

  test('then no price that nobody confirmed stands in it, and the sum says so', async () => {
    const { text } = await planOf({ cloud });
    expect(text).toMatch(/copies in Osaka +170 GB +unknown +unknown/);
    expect(text).toMatch(/changes from Tokyo to Osaka +304 GB +0\.090 +27\.38/);
    expect(fact(text, 'a month')).toEqual(['at least 43.68 USD, plus unknown: 6 lines above without a figure']);
    expect(fact(text, 'once')).toEqual(['18.00 USD for the first full copies']);
    expect(fact(text, 'sizes')).toEqual(['main: 100 GB of data (assumed), 5 GB a day of changes (assumed)']);
  });

  test('then what is protected and watched beside the databases stands in the bill, under its name', async () => {
    const { text } = await planOf({
      cloud: {
        databases: { main: instance },
        uploads: { kind: 'declared', expected: { data: '500GiB' } },
        secrets: { token: { kind: 'declared' } },
        settingsExport: {},
      },
    });
    const named = text.split('\n').flatMap((line) => /^ {2}(\S+( \S+)?) {2,}\S.* (\S+)$/.exec(line)?.[1] ?? []);
    expect(named).toEqual(expect.arrayContaining(['uploads', 'secrets', 'settings export', 'watching']));
    expect(text).toMatch(/secrets that this app makes +1 secret +0\.40 +0\.40/);
    expect(text).toMatch(/alarms in Tokyo +20 alarm +0\.10 +2\.00/);
    expect(text).toMatch(/alarms in Osaka +19 alarm +unknown +unknown/);
    expect(fact(text, 'sizes')[1]).toBe('uploads: 500 GB of data, 25 GB a day of changes (assumed)');
  });

  test('when only replication meets the objective, then it says what the objective rests on', async () => {
    const { status, text } = await planOf({ objectives: { rpo: '1h' }, cloud });
    expect(status).toBe(0);
    expect(fact(text, 'RPO')[0]).toBe('1h at most; met in Tokyo, met while replication keeps up in Osaka');
  });

  test('when an objective cannot be met, then the status says so, and the text what would meet it', async () => {
    const { status, text } = await planOf({ objectives: { rpo: '290m' }, cloud: { databases: { main: copiesOnly } } });
    expect(status).toBe(10);
    expect(text).toContain('An objective cannot be met: see UNMET below.');
    expect(fact(text, 'UNMET')).toEqual([
      'RPO 290m cannot be met in Osaka: the worst case is 5h 00m',
      'replicateAutomatedBackups: true would give 5m in Osaka',
      'every: 160m would give 4h 40m in Osaka',
    ]);
    expect(fact(text, 'RPO')[0]).toBe('290m at most; met in Tokyo, not met in Osaka');
  });

  test('when nothing meets it, then it says why', async () => {
    const unmet = async (rpo: '1h' | '3h') =>
      fact((await planOf({ objectives: { rpo }, cloud: { databases: { main: copiesOnly } } })).text, 'UNMET').at(-1);
    expect(await unmet('1h')).toBe('replicateAutomatedBackups: true would give 5m in Osaka');
    const cluster = async (rpo: '1h' | '4h') =>
      fact(
        (
          await planOf({
            objectives: { rpo },
            cloud: { databases: { main: { kind: 'cluster', engineVersion: '17.6' } } },
          })
        ).text,
        'UNMET',
      ).at(-1);
    expect(await cluster('1h')).toBe('no cadence meets it: start window, snapshot and copy alone are 2h');
    expect(await cluster('4h')).toBe(
      'no cadence meets it that leaves RDS room for its own windows and jobs time to end',
    );
  });

  test('when snapshot and copy outlast the cadence, then it says what that breaks', async () => {
    const unmet = async (copy: '3h' | '4h' | '2d') =>
      fact((await planOf({ cloud: { databases: { main: { ...instance, expected: { copy } } } } })).text, 'UNMET');
    expect(await unmet('3h')).toEqual([
      'snapshot and copy hold the database for 3h 25m, the next try included, and it is 3h to the next start',
      'one job per database runs at a time, so starts expire now and then',
      'every: 4h would leave room, and give 8h 15m in Osaka',
    ]);
    expect((await unmet('4h'))[1]).toBe('one job per database runs at a time, so the start after every run expires');
    expect((await unmet('2d'))[2]).toBe('no cadence leaves room: even one run a day is too often');
  });

  test('when starts expire between two runs, then the derivation says so', async () => {
    const { text } = await planOf({ cloud: { databases: { main: { ...instance, expected: { copy: '4h' } } } } });
    expect(fact(text, 'RPO')[1]).toContain('6h between two starts, the one between them expired');
    const slower = await planOf({ cloud: { databases: { main: { ...instance, expected: { copy: '8h' } } } } });
    expect(fact(slower.text, 'RPO')[1]).toContain('9h between two starts, the 2 between them expired');
  });

  test('when a snapshot outlasts the completion window, then it says what would let it finish', async () => {
    const slow = { ...instance, expected: { snapshot: '4h' } } as const;
    const { text } = await planOf({ cloud: { cadence: { every: '12h' }, databases: { main: slow } } });
    expect(fact(text, 'UNMET')).toEqual([
      'AWS Backup cancels a snapshot of 4h at the end of completionWindow: 3h',
      'completionWindow: 4h would let it finish',
    ]);
  });

  test('when the clocks change, then the day is told', async () => {
    const cadence = { every: '4h', startsAt: '02:00', timezone: 'America/New_York' } as const;
    const { text } = await planOf({ cloud: { cadence, databases: { main: instance } } });
    expect(text).toContain('7h from one start to the next, when the clocks change on 2027-03-14');
  });

  test('when restores are on record, then they stand beside the objective', () => {
    const policy = parsePolicy({ cloud });
    const withRestore = (hours: number) => {
      const measuredRto = { main: Duration.seconds(hours * 3_600) };
      const systems = { sources: {}, stores: {} };
      return asText(report(planPolicy(policy, { now, prices: defaultPrices, systems, measuredRto })));
    };
    expect(fact(withRestore(2), 'RTO')).toEqual(['4h at most; 2h measured']);
    expect(withRestore(2)).toContain('The RPO can be met. Restores are as fast as they have to be.');
    expect(fact(withRestore(5), 'UNMET')).toEqual(['RTO 4h cannot be met: a restore took 5h']);
  });
});

describe('given a local policy', () => {
  const local = (store: string): BackupPolicyInput['local'] & object => ({
    sources: {
      app: { kind: 'postgres' },
      notes: { kind: 'directory', path: './notes' },
    },
    stores: {
      disk: { kind: 'generations', path: './backups' },
      [store]: { kind: 'restic', repository: 's3:https://abc.r2.cloudflarestorage.com/b', password: 'env:NO_SUCH' },
    },
  });

  test('then it claims no worst case, and says how often a run is needed', async () => {
    const { status, text } = await planOf({ local: local('r2') });
    expect(status).toBe(0);
    expect(fact(text, 'sources')).toEqual(['app, notes']);
    expect(fact(text, 'RPO')).toEqual([
      'no schedule is in the policy, so: as often as `fukugen backup` runs',
      '6h at most needs a run every 5h 30m, since a run is assumed to take 30m; from cron, every 4h',
    ]);
    expect(fact(text, '3-2-1')).toEqual([
      'holds: 3 copies on 2 media, 1 off-site',
      "the original, disk on this machine's disk; r2 (off-site) on abc.r2.cloudflarestorage.com",
      'disk is on the disk of the original: it helps against a mistake, and dies with the disk.',
    ]);
    expect(fact(text, 'a month')).toEqual(['unknown']);
    expect(fact(text, 'sizes')).toEqual(['app, notes: not known; expected.data would tell']);
  });

  test('then it says what each store keeps', async () => {
    const { sources, stores } = local('r2');
    const monthly = { kind: 'archive', path: './archive', retention: { monthly: 12, withinYearly: '10y' } } as const;
    const kept = async (given: BackupPolicyInput['local'] & object) =>
      (await planOf({ local: given })).text
        .match(/^ {2}(disk|r2|monthly) +(generations|restic|archive) .*/gm)
        ?.map((row) => row.split(/ {2,}/).at(-1));
    expect(await kept({ sources, stores: { ...stores, monthly }, retention: '14d' })).toEqual([
      'everything for 14d',
      'everything for 14d',
      '12 monthly, yearly for 10y',
    ]);
    expect(await kept({ sources, stores, retention: '14/8/6' })).toContain('14 daily, 8 weekly, 6 monthly');
    expect(await kept({ sources, stores, retention: { last: 3 } })).toContain('the last 3');
    expect(await kept({ sources, stores })).toContain('every generation: none is removed');
  });

  test('when no schedule can meet the objective, then that is its status, and it says what could', async () => {
    const { status, text } = await planOf({ objectives: { rpo: '30m' }, local: local('r2') });
    expect(status).toBe(10);
    expect(fact(text, 'UNMET')).toEqual([
      'RPO 30m cannot be met: a run is assumed to take 30m, and what changed since the one before is lost with it',
      'an rpo of more than 30m, or a shorter run, would do; expectedRun says how long it takes',
    ]);
  });

  test('when everything is on this machine, then 3-2-1 does not hold and nothing is paid for', async () => {
    const { text } = await planOf({
      local: { ...local('r2'), stores: { disk: { kind: 'generations', path: './b' } } },
    });
    expect(fact(text, '3-2-1')[0]).toBe('does not hold: 2 copies on 1 medium, none off-site');
    expect(text).not.toContain('cost a month');
  });

  test('when prices and sizes are given, then the bill is whole', async () => {
    const prices = { asOf: '2027-01-01', prices: [{ item: 'object-storage', usd: 0.5, source: 'a test' }] };
    await writeFile(join(folder, 'prices.json'), JSON.stringify(prices));
    const { sources, stores } = local('r2');
    const sized = Object.entries(sources).map(([name, source]) => [name, { ...source, expected: { data: '10GB' } }]);
    const { text } = await planOf({ prices: 'prices.json', local: { sources: Object.fromEntries(sized), stores } });
    expect(fact(text, 'a month')).toEqual(['10.00 USD']);
    expect(text).not.toContain('not known');
    expect(fact(text, 'prices')[0]).toContain('looked up on 2027-01-01');
  });

  test('when the prices are not there, then the message names the file and what to do', async () => {
    await expect(planOf({ prices: 'nowhere.json', local: local('r2') })).rejects.toMatchObject({
      code: 'missing',
      message: expect.stringContaining(`the prices at ${join(folder, 'nowhere.json')} cannot be read: ENOENT`),
      next: 'leave prices out of the policy to use those that come with fukugen',
    });
  });

  test('when a store has a Japanese name for its host, then the table still lines up', async () => {
    const { sources } = local('r2');
    const repository = (host: string) =>
      ({ kind: 'restic', repository: `rest:https://${host}/`, password: 'env:X' }) as const;
    const { text } = await planOf({
      local: { sources, stores: { a: repository('保管庫.example'), b: repository('storage.example') } },
    });
    expect(text).toContain('  a      restic  保管庫.example   every generation');
    expect(text).toContain('  b      restic  storage.example  every generation');
  });
});

describe('given another form of output', () => {
  test('as Markdown, then it holds the same, and nothing of the policy becomes markup', async () => {
    const { text } = await planOf({ cloud }, { markdown: true });
    expect(text).toContain('# fukugen: lose at most 6h (RPO), back within 4h (RTO)');
    expect(text).toContain('## main: RDS instance of 100GiB in Tokyo');
    expect(text).toContain('| PLACE | BY | WORST CASE | IF ONE RUN FAILS | KEPT |\n| --- | --- | --- | --- | --- |');
    expect(text).toContain('| Osaka | copies | 5h 00m | 8h 00m | 112-115 points, 14d |');
    expect(text).toContain('- **RTO**: 4h at most; not measured yet');
    const sources = { notes: { kind: 'directory', path: '.' } } as const;
    const stores = { r: { kind: 'restic', repository: 'rest:https://a_b*c|d.example/', password: 'env:X' } } as const;
    expect((await planOf({ local: { sources, stores } }, { markdown: true })).text).toContain('a\\_b\\*c\\|d.example');
  });

  test('as JSON, then it holds the facts themselves', async () => {
    const { json } = await planOf({ cloud });
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      name: 'fukugen',
      met: true,
      cloud: {
        databases: [
          {
            name: 'main',
            expected: { copy: { value: '45m', assumed: true } },
            coverage: [{}, { means: 'snapshots', worst: '255m', kept: { points: { least: 112, most: 115 } } }, {}, {}],
            copies: { holds: true, offSite: ['copies in Osaka'] },
          },
        ],
      },
      cost: { known: 43.68, pricesAsOf: '2026-11-21' },
    });
  });
});

describe('given the command line', () => {
  const fukugen = (...args: string[]) =>
    promisify(execFile)(join(root, 'bin/fukugen'), args, { cwd: root }).then(
      ({ stdout }) => ({ status: 0, stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ status: code, stdout }),
    );

  test('then fukugen plan answers for the policy beside it, also where nobody watches', async () => {
    const { status, stdout } = await fukugen('plan');
    expect(status).toBe(0);
    expect(stdout).toContain('The RPO can be met.');
  });

  test('then an objective that cannot be met is status 10, with JSON as with text', async () => {
    const config = join(folder, 'unmet.yaml');
    await writeFile(config, JSON.stringify({ objectives: { rpo: '1m' }, cloud }));
    const { status, stdout } = await fukugen('plan', '--json', '--config', config);
    expect(status).toBe(10);
    expect(JSON.parse(stdout)).toMatchObject({ met: false });
  });
});

describe('given the example of a team', () => {
  test('when it is copied to the top of a checkout, then it finds what it imports there too', async () => {
    const text = await readFile(join(root, 'examples/team-on-rds/backup.config.ts'), 'utf8');
    expect([...text.matchAll(/ from '(.*)'/g)].map(([, module]) => module)).toEqual(['#policy']);
    expect(await plan(root, { config: 'examples/team-on-rds/backup.config.ts' })).toMatchObject({ status: 0 });
  });
});
