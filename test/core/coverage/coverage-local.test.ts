import { describe, expect, test } from '@jest/globals';
import { coverSources, type FileSystems, hostOf } from '../../../core/coverage/coverage-local.ts';
import { type BackupPolicyInput, type LocalPolicy, parsePolicy } from '../../../core/policy/index.ts';

type LocalInput = NonNullable<BackupPolicyInput['local']>;

const sources: LocalInput['sources'] = { notes: { kind: 'directory', path: '~/Notes' } };
const disk = { kind: 'generations', path: '~/Backups' } as const;
const restic = (repository: string) => ({ kind: 'restic', repository, password: 'env:PASSWORD' }) as const;

function cover(local: Partial<LocalInput>, rpo = '6h', systems: FileSystems = { sources: {}, stores: {} }) {
  const policy = parsePolicy({ objectives: { rpo }, local: { sources, stores: { disk }, ...local } });
  const [first] = coverSources(policy.local as LocalPolicy, policy.objectives, {}, systems);
  if (!first) throw new Error('a source is covered');
  return first;
}

describe('given an objective and no schedule', () => {
  test('then a run is needed as often as the objective less the run itself', () => {
    const { run, runEvery, cronEvery } = cover({});
    expect(JSON.parse(JSON.stringify({ run, runEvery, cronEvery }))).toEqual({
      run: { value: '30m', assumed: true },
      runEvery: '330m',
      cronEvery: '4h',
    });
  });

  test('when the policy says how long a run takes, then that counts', () => {
    const { run, runEvery, cronEvery } = cover({ expectedRun: '2m' }, '10m');
    expect(JSON.parse(JSON.stringify({ run, runEvery, cronEvery }))).toEqual({
      run: { value: '2m', assumed: false },
      runEvery: '8m',
      cronEvery: '5m',
    });
  });

  test('when no crontab line is as short, then none is proposed', () => {
    expect(cover({ expectedRun: '2m' }, '5m')).not.toHaveProperty('cronEvery');
  });

  test('when a run takes as long as the objective, then no schedule meets it', () => {
    expect(cover({ expectedRun: '6h' })).not.toHaveProperty('runEvery');
  });
});

describe('given a source of secrets', () => {
  const stores = {
    disk,
    second: { kind: 'generations', path: '/usb' },
    r2: restic('s3:https://r2.example/b'),
  } as const;
  const names = (source: LocalInput['sources'][string]) =>
    cover({ sources: { source }, stores }).copies.copies.map(({ name }) => name);

  test('then only stores that encrypt count as copies, and the plan says so', () => {
    const { copies } = cover({ sources: { keys: { kind: 'files', files: ['.env'] } }, stores });
    expect(copies.copies.map(({ name }) => name)).toEqual(['the original', 'r2']);
    expect(copies.holds).toBe(false);
    expect(copies.remarks).toContain('it holds secrets, so only stores that encrypt have a copy of it.');
    expect(names({ kind: 'command', command: ['gpg'], output: 'x', secret: true })).toEqual(['the original', 'r2']);
  });

  test('when the policy allows plain, or it holds none, then every store counts', () => {
    const all = ['the original', 'disk', 'second', 'r2'];
    expect(names({ kind: 'files', files: ['.env'], allowPlain: true })).toEqual(all);
    expect(names({ kind: 'files', files: ['compose.yml'] })).toEqual(all);
    expect(names({ kind: 'command', command: ['brew'], output: 'x' })).toEqual(all);
  });

  test('when an archive has recipients, then it encrypts', () => {
    const archive = { kind: 'archive', path: '~/a' } as const;
    const recipients = [`age1${'q'.repeat(58)}`];
    const keys: LocalInput['sources'][string] = { kind: 'files', files: ['.env'] };
    const copies = (more: object) => cover({ sources: { keys }, stores: { a: { ...archive, ...more } } }).copies.copies;
    expect([copies({}).length, copies({ recipients }).length]).toEqual([1, 2]);
  });
});

describe('given stores', () => {
  test('on the disk of the original, then they are copies on the same medium', () => {
    const { copies } = cover({ stores: { disk, second: restic('/backups') } });
    expect(copies).toMatchObject({ media: ["this machine's disk"], offSite: [], holds: false });
    expect(copies.copies).toHaveLength(3);
    expect(copies.remarks).toContain(
      'disk is on the disk of the original: it helps against a mistake, and dies with the disk.',
    );
  });

  test('on another file system, then that counts as a medium, with a word of caution', () => {
    const { copies } = cover({}, '6h', { sources: { notes: 1 }, stores: { disk: 2 } });
    expect(copies.media).toEqual(["this machine's disk", 'file system of disk']);
    expect(copies.remarks).toEqual([
      'disk counts as a second medium because it is on another file system; make sure that it is another disk.',
    ]);
  });

  test('here and on the internet, then 3-2-1 holds', () => {
    const { copies } = cover({ stores: { disk, r2: restic('s3:https://abc.r2.cloudflarestorage.com/b') } });
    expect(copies).toMatchObject({ holds: true, offSite: ['r2'] });
  });

  test('on this network, then they are another medium in the same building', () => {
    const { copies } = cover({ stores: { disk, nas: restic('sftp:me@nas.local:/backups') } });
    expect(copies).toMatchObject({ holds: false, offSite: [], media: ["this machine's disk", 'nas.local'] });
    expect(copies.remarks).toContain('nas is on this network, so it is not counted as off-site.');
  });

  test('by way of this machine’s own address, then they are on its disk', () => {
    expect(cover({ stores: { disk: restic('s3:http://localhost:9000/b') } }).copies.media).toEqual([
      "this machine's disk",
    ]);
  });
});

describe('given a database', () => {
  const postgres = (host: string) => ({ app: { kind: 'postgres', host } as const });

  test('on another host, then a store here is another medium', () => {
    const { copies } = cover({ sources: postgres('db.example.com') });
    expect(copies).toMatchObject({ media: ['db.example.com', "this machine's disk"], remarks: [] });
  });

  test.each(['localhost', '127.0.0.1', '::1', '/var/run/postgresql'])('at %s, then it is on this machine', (host) => {
    expect(cover({ sources: postgres(host) }).copies.media).toEqual(["this machine's disk"]);
  });
});

test.each([
  ['/backups', undefined],
  ['~/backups', undefined],
  ['s3:https://abc.r2.cloudflarestorage.com/bucket', 'abc.r2.cloudflarestorage.com'],
  ['s3:s3.ap-northeast-3.amazonaws.com/bucket', 's3.ap-northeast-3.amazonaws.com'],
  ['s3:http://[::1]:9000/bucket', '[::1]'],
  ['sftp:me@nas.local:/backups', 'nas.local'],
  ['sftp://me@backup.example:2222//backups', 'backup.example'],
  ['rest:https://user@rest.example:8000/', 'rest.example'],
  ['b2:bucket:folder', 'b2'],
  ['rclone:remote:folder', 'rclone'],
])('the repository %s is at %s', (repository, host) => {
  expect(hostOf({ kind: 'restic', repository } as LocalPolicy['stores'][string])).toBe(host);
});
