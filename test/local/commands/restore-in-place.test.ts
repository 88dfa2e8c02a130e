import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;
let backedUp: string;

const note = () => workspace.path('work', 'note');

beforeAll(async () => {
  workspace = await LocalWorkspace.open(
    {
      sources: {
        work: { kind: 'directory', path: 'work' },
        settings: { kind: 'files', files: [{ path: '.env', secret: true }] },
      },
      stores: {
        disk: { kind: 'generations', path: 'disk' },
        offsite: { kind: 'restic', repository: 'repository', password: 'env:RESTIC' },
      },
    },
    { RESTIC: 'a password' },
  );
  await mkdir(workspace.path('work'));
  await writeFile(note(), 'as backed up');
  await writeFile(workspace.path('.env'), 'A=as backed up\n');
  expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
  const { status, json } = await workspace.run(['backup', '--json']);
  expect(status).toBe(0);
  backedUp = json.generation;
});

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given a folder that changed since its backup', () => {
  it("when it is restored in place, then the change is in a safety generation first, which is nobody's latest", async () => {
    await writeFile(note(), 'as changed');
    const dry = await workspace.run(['restore', 'work', '--in-place', '--dry-run']);
    expect(dry.stdout).toMatch(
      /^would take a safety generation in disk\nwould restore work from .*\nwould ask, put it in place/,
    );
    const { status, json } = await workspace.run(['restore', 'work', '--in-place', '--yes', '--json']);
    expect({ status, generation: json.generation }).toEqual({ status: 0, generation: backedUp });
    expect(await readFile(note(), 'utf8')).toBe('as backed up');
    expect(await readFile(workspace.path('disk', json.safety, 'sources', 'work', 'data', 'note'), 'utf8')).toBe(
      'as changed',
    );

    expect(await workspace.run(['compare', 'work'])).toMatchObject({ status: 0 });
    await writeFile(note(), 'as changed again');
    const again = await workspace.run(['restore', 'work', '--in-place', '--yes', '--json']);
    expect(again.json).toMatchObject({ generation: backedUp, inPlace: true });
    const back = await workspace.run(['restore', 'work', '--at', json.safety, '--json']);
    expect(await readFile(`${back.json.beside}/note`, 'utf8')).toBe('as changed');
  });

  it("when a machine that remembers nothing restores it, then the safety generation is nobody's latest there either", async () => {
    await writeFile(note(), 'as changed once more');
    const { json } = await workspace.run(['restore', 'work', '--in-place', '--yes', '--json']);
    expect(json.safety).toMatch(/Z-safety$/);
    await rm(workspace.path('state'), { recursive: true });
    const { json: again } = await workspace.run(['restore', 'work', '--json']);
    expect(again.generation).toBe(backedUp);
  });

  it('when it is gone, then no safety generation is taken, and that is said', async () => {
    await rm(workspace.path('work'), { recursive: true });
    const { status, stdout } = await workspace.run(['restore', 'work', '--in-place', '--yes']);
    expect(stdout).toMatch(/\nno safety generation: the folder .*work cannot be found/);
    expect(status).toBe(0);
    expect(await readFile(note(), 'utf8')).toBe('as backed up');
    // Going back from it is to be without it again.
    expect(await workspace.run(['undo', '--yes'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /work is gone again, as before the restore; what was restored is kept as .*\.restored-/,
      ),
    });
    expect(existsSync(workspace.path('work'))).toBe(false);
    await mkdir(workspace.path('work'));
    await writeFile(note(), 'as backed up');
  });
});

describe('given secrets', () => {
  it('when they are restored in place, then their safety generation goes to a store that encrypts', async () => {
    await writeFile(workspace.path('.env'), 'A=as changed\n');
    const { status, json } = await workspace.run([
      'restore',
      'settings',
      '--store',
      'offsite',
      '--in-place',
      '--yes',
      '--json',
    ]);
    expect(status).toBe(0);
    expect(await readFile(workspace.path('.env'), 'utf8')).toBe('A=as backed up\n');
    expect(existsSync(workspace.path('disk', json.safety))).toBe(false);
    const { json: listed } = await workspace.run(['list', '--store', 'offsite', '--json']);
    expect(listed.generations).toContainEqual({ generation: json.safety, stores: ['offsite'], safety: true });
  });
});

describe('given no place for a safety generation', () => {
  it.each([
    [
      'no store keeps plain generations',
      async () => {},
      2,
      /no safety generation of work can be taken: no store of this machine keeps plain/,
    ],
    [
      'the store cannot be written',
      async () => {
        await writeFile(workspace.path('full'), '');
      },
      7,
      /full/,
    ],
  ])(
    'when %s, then the restore is refused before anything is made, and --no-safety goes on',
    async (what, prepare, status, message) => {
      await prepare();
      const isMissing = what.startsWith('no store');
      await workspace.write({
        sources: { work: { kind: 'directory', path: 'work' } },
        stores: {
          offsite: { kind: 'restic', repository: 'repository', password: 'env:RESTIC' },
          ...(isMissing ? {} : { disk: { kind: 'generations', path: 'full' } }),
        },
      });
      const answer = await workspace.run(['restore', 'work', '--in-place', '--yes']);
      expect(answer.stderr).toMatch(message);
      expect(answer.stderr).toMatch(/\n {2}next: add --no-safety to go on without; what is there now is still kept/);
      expect(answer.status).toBe(status);
      expect(await workspace.run(['restore', 'work', '--in-place', '--no-safety', '--yes'])).toMatchObject({
        status: 0,
      });
    },
  );
});

describe('given options that make no sense together', () => {
  it.each([
    [['--yes'], '--yes is for a restore in place; this one goes beside'],
    [['--no-safety'], '--no-safety is for a restore in place; this one goes beside'],
    [['--path', 'note', '--in-place'], 'a part of a source is restored to a new place, never in place of the whole'],
  ])('when %j is written, then it is refused with status 2', async (args, message) => {
    expect(await workspace.run(['restore', 'work', ...args])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`fukugen: ${message}\n`),
    });
  });
});
