import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { filesHolding, generationsIn, photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const run = promisify(execFile);
const secret = 'correct horse battery staple';
const disk = { kind: 'generations', path: 'disk' };
const second = { kind: 'generations', path: 'second' };
const vault = { kind: 'restic', repository: 'vault', password: 'env:VAULT_PASSWORD' };
const environment = { VAULT_PASSWORD: 'a password for tests' };
const open = { kind: 'files', files: ['app/docker-compose.yml', 'app/prometheus.yml'] };
const closed = { kind: 'files', files: ['app/.env', { path: 'app/token', secret: true }, 'app/docker-compose.yml'] };

let workspace: LocalWorkspace;

async function writeFiles(): Promise<void> {
  await mkdir(workspace.path('app'), { recursive: true });
  await writeFile(workspace.path('app', '.env'), `# production\nDB_PASSWORD=${secret}\nexport PORT=5432\n`);
  await writeFile(workspace.path('app', 'token'), `${secret}\n`);
  await writeFile(workspace.path('app', 'docker-compose.yml'), 'services:\n  db:\n    image: postgres:15\n');
  await writeFile(workspace.path('dotfile'), 'scrape_interval: 15s\n');
  await rm(workspace.path('app', 'prometheus.yml'), { force: true });
  await symlink('../dotfile', workspace.path('app', 'prometheus.yml'));
  await chmod(workspace.path('app', '.env'), 0o644);
}

beforeAll(async () => {
  workspace = await LocalWorkspace.open({ sources: { open, closed }, stores: { disk, second, vault } }, environment);
  await writeFiles();
  expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0, all: '\n' });
});

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given secret files and stores of which one encrypts', () => {
  it('when they are backed up, then no plain store has a byte of them, and nothing is left of the stage', async () => {
    for (const store of ['disk', 'second', 'state', 'tmp']) {
      expect(await filesHolding(workspace.path(store), secret)).toEqual([]);
      expect(
        (await filesHolding(workspace.path(store), '.env')).filter((path) => /\/(data|closed)\//.test(path)),
      ).toEqual([]);
    }
    expect(await photograph(workspace.path('disk', '.fukugen', 'partial'))).toEqual({});
    // The search can find: what is no secret is there.
    expect(await filesHolding(workspace.path('disk'), 'postgres:15')).toHaveLength(1);
  });

  it('then all stores have the same manifest, and verify as what they hold', async () => {
    const [generation] = (await generationsIn(workspace.path('disk'))) as [string];
    const manifests = ['disk', 'second'].map((store) => readFile(workspace.path(store, generation, 'manifest.json')));
    const [one, other] = await Promise.all(manifests);
    expect(one).toEqual(other);
    const { status, json } = await workspace.run(['verify', '--level', 'identical', '--json']);
    expect(status).toBe(0);
    const proven = json.findings
      .filter(({ level }: { level: string }) => level === 'identical')
      .map(({ store, source }: { store: string; source: string }) => `${store} ${source}`);
    expect(proven).toEqual(['disk open', 'second open', 'vault open', 'vault closed']);
  });

  it('when a plain store is asked for them, then it says that it has none', async () => {
    expect(
      await workspace.run(['restore', 'closed', '--store', 'disk', '--in-place', '--no-safety', '--yes']),
    ).toMatchObject({
      status: 5,
      stderr: expect.stringMatching(
        /the store disk does not encrypt, so it holds no file of closed\n {2}next: add --st/,
      ),
    });
    expect(await workspace.run(['verify', '--store', 'disk', '--source', 'closed'])).toMatchObject({
      status: 5,
      stderr: expect.stringMatching(/none of these stores encrypts, so none holds a file of closed\n {2}next: name/),
    });
  });

  it('when every file in a generation is looked at, then nobody else may read it', async () => {
    const pictures = Object.entries(await photograph(workspace.path('disk')));
    const stored = pictures.filter(([path]) => path.includes('/data/'));
    expect(stored.length).toBeGreaterThan(2);
    for (const [path, picture] of stored) expect(`${path} ${picture}`).toMatch(/ (40500|100400) /);
  });
});

describe('given a configuration that changed since', () => {
  beforeAll(async () => {
    await writeFile(workspace.path('app', '.env'), `# production\nDB_PASSWORD=another ${secret}\nexport PORT=5432\n`);
    await writeFile(workspace.path('app', 'docker-compose.yml'), 'services:\n  db:\n    image: postgres:16\n');
  });

  it('when it is compared, then a unified diff tells what, and no value of a secret', async () => {
    const { status, stdout } = await workspace.run(['compare', 'closed']);
    expect(stdout).toMatch(/^3 files: 2 differ$/m);
    expect(stdout).toMatch(/^-DB_PASSWORD=\[secret\]\n\+DB_PASSWORD=\[secret\]\n export PORT=\[secret\]$/m);
    expect(stdout).toMatch(/^- {4}image: postgres:16\n\+ {4}image: postgres:15$/m);
    expect(stdout).not.toContain(secret);
    expect(status).toBe(4);
  });

  it('when it is restored and the question is answered with no, then the diff came first and nothing changed', async () => {
    const before = await photograph(workspace.path('app'));
    const command = `ln -sf ${process.cwd()}/bin/fukugen bin/fukugen; printf 'n\\n' | script -qec 'fukugen restore closed --in-place --no-safety' /dev/null`;
    const { stdout } = await run('sh', ['-c', command], { cwd: workspace.home, env: workspace.environment });
    expect(stdout).toMatch(/\+DB_PASSWORD=\[secret\][\s\S]*Put 2 of 3 files in place, and keep 2 that are there now/);
    expect(stdout).not.toContain(secret);
    expect(await photograph(workspace.path('app'))).toMatchObject(before);
    await run('sh', ['-c', 'rm app/*.restored-* app/.env.restored-*'], { cwd: workspace.home });
  });

  it.each([
    ['as the policy names it', 'app/docker-compose.yml'],
    ['by a pattern', '*compose*'],
  ])('when some are restored, named %s, then they alone are, beside what is there', async (_how, path) => {
    const before = await photograph(workspace.path('app'));
    const { status, json } = await workspace.run(['restore', 'open', '--path', path, '--json']);
    expect([status, json.verdict]).toEqual([0, 'identical']);
    const made = Object.keys(await photograph(workspace.path('app'))).filter((name) => !(name in before));
    expect(made).toEqual([expect.stringMatching(/^docker-compose\.yml\.restored-/)]);
    expect(workspace.path('app', made[0] as string)).toBe(json.beside);
    expect(await readFile(json.beside, 'utf8')).toContain('postgres:15');
    await rm(json.beside);
  });

  it('when none is called so, then it says what there is, and makes nothing', async () => {
    const before = await photograph(workspace.path('app'));
    expect(await workspace.run(['restore', 'open', '--path', 'nothing'])).toMatchObject({
      status: 5,
      stderr:
        'fukugen: nothing in the backup is called nothing\n  next: it has app/docker-compose.yml, app/prometheus.yml\n',
    });
    expect(await photograph(workspace.path('app'))).toEqual(before);
  });

  it('when it is restored in place, then what was there is kept, and the printed commands go back', async () => {
    const { status, json } = await workspace.run(['restore', 'closed', '--in-place', '--no-safety', '--yes', '--json']);
    expect(json).toMatchObject({ verdict: 'identical', inPlace: true });
    expect(status).toBe(0);
    expect(await readFile(workspace.path('app', '.env'), 'utf8')).toContain(`DB_PASSWORD=${secret}\n`);
    expect((await stat(workspace.path('app', '.env'))).mode & 0o777).toBe(0o644);
    expect(await workspace.run(['compare', 'closed'])).toMatchObject({ status: 0 });
    expect(json.undo).toHaveLength(2);
    for (const undo of json.undo) await run('sh', ['-c', undo]);
    expect(await readFile(workspace.path('app', '.env'), 'utf8')).toContain('DB_PASSWORD=another');
  });

  it('when what was a link is restored, then it stays one', async () => {
    await writeFile(workspace.path('dotfile'), 'scrape_interval: 60s\n');
    expect(await workspace.run(['restore', 'open', '--in-place', '--no-safety', '--yes'])).toMatchObject({ status: 0 });
    expect(await readFile(workspace.path('dotfile'), 'utf8')).toBe('scrape_interval: 15s\n');
    expect(await readFile(workspace.path('app', 'prometheus.yml'), 'utf8')).toBe('scrape_interval: 15s\n');
  });

  it('when all of it is lost, then all of it comes back', async () => {
    await run('sh', ['-c', 'rm -r app'], { cwd: workspace.home });
    await writeFiles();
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const before = await photograph(workspace.path('app'));
    await rm(workspace.path('app'), { recursive: true });
    expect(await workspace.run(['restore', 'closed', '--in-place', '--no-safety', '--yes'])).toMatchObject({
      status: 0,
    });
    const { 'prometheus.yml': _link, ...files } = before;
    expect(await photograph(workspace.path('app'))).toEqual(files);
  });
});

describe('given a file that cannot be had', () => {
  it('when one of them is missing, then it is named, the status is 3, and the others are stored', async () => {
    await rm(workspace.path('app', 'token'), { force: true });
    const { status, stdout } = await workspace.run(['backup', '--source', 'closed']);
    expect(stdout).toMatch(/^ {4}not in the backup: app\/token, it is not there$/m);
    expect(stdout).toMatch(/^ {2}closed: 2 files, /m);
    expect(status).toBe(3);
    expect(await workspace.run(['backup', '--dry-run'])).toMatchObject({
      stdout: expect.stringMatching(/closed: would back up 3 files, 2 of them secret; app\/token: it is not there/),
    });
  });

  it('when none of them is there, then the status is 5', async () => {
    await workspace.write({ sources: { gone: { kind: 'files', files: ['x', 'y'] } }, stores: { disk } });
    expect(await workspace.run(['backup'])).toMatchObject({
      status: 5,
      stderr: expect.stringMatching(
        /none of the files can be read: x: it is not there; y: it is not there\n {2}next: cor/,
      ),
    });
  });

  it('when it is a folder, then the status is 5 and it says which kind is meant', async () => {
    await workspace.write({ sources: { gone: { kind: 'files', files: ['disk'] } }, stores: { disk: second } });
    expect(await workspace.run(['backup'])).toMatchObject({
      status: 5,
      stderr: expect.stringMatching(/\/disk is not a file\n {2}next: write kind: directory for a folder/),
    });
  });
});

describe('given secrets and no store that encrypts', () => {
  it('when anything is asked for, then the policy is refused with what would be right', async () => {
    await workspace.write({ sources: { open, closed }, stores: { disk } });
    expect(await workspace.run(['backup'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /has secrets that no store may take, since none encrypts: closed\n {2}next: add a restic store, or write allowPlain/,
      ),
    });
  });

  it('when the policy allows plain, then they are stored, for nobody else to read', async () => {
    await writeFiles();
    await workspace.write({ sources: { closed: { ...closed, allowPlain: true } }, stores: { second } });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const [path] = (await filesHolding(workspace.path('second'), 'DB_PASSWORD')) as [string];
    expect(path).toMatch(/\/app\/\.env$/);
    expect((await stat(workspace.path('second', path))).mode & 0o777).toBe(0o400);
  });

  it('when a stored file is damaged, then a restore is refused before anything is put beside it', async () => {
    const [path] = (await filesHolding(workspace.path('second'), 'DB_PASSWORD')) as [string];
    await chmod(workspace.path('second', path), 0o600);
    await writeFile(workspace.path('second', path), 'damaged');
    const before = await photograph(workspace.path('app'));
    expect(await workspace.run(['restore', 'closed', '--in-place', '--no-safety', '--yes'])).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/the backup is damaged: app\/\.env is missing or not what was recorded/),
    });
    expect(await photograph(workspace.path('app'))).toEqual(before);
    expect(await workspace.run(['verify'])).toMatchObject({ status: 4 });
  });
});
