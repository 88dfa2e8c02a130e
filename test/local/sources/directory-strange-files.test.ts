import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeSpecialFiles, strangeNames, writeStrangeFiles } from '../../helpers/local-strange-files.ts';
import { photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;
let socket: Server;

beforeAll(async () => {
  workspace = await LocalWorkspace.open({
    sources: {
      strange: { kind: 'directory', path: 'strange' },
      special: { kind: 'directory', path: 'special' },
      unnamed: { kind: 'directory', path: 'unnamed' },
    },
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  await writeStrangeFiles(workspace.path('strange'));
  await mkdir(workspace.path('special'));
  await writeFile(workspace.path('special', 'file'), 'x');
  socket = await makeSpecialFiles(workspace.path('special'));
  await mkdir(workspace.path('unnamed'));
  await writeFile(workspace.path('unnamed', 'named'), 'x');
  const latin1 = Buffer.concat([Buffer.from(`${workspace.path('unnamed')}/`), Buffer.from('caf\xe9', 'latin1')]);
  await writeFile(latin1, 'x');
});

afterAll(async () => {
  await new Promise((resolve) => socket.close(resolve));
  await workspace[Symbol.asyncDispose]();
});

describe('given names, permissions, times and links of every kind', () => {
  it('when the folder is backed up, lost and restored, then all of it is as it was', async () => {
    const before = await photograph(workspace.path('strange'));
    expect(Object.keys(before)).toHaveLength(2 * strangeNames.length + 21);
    expect(await workspace.run(['backup', '--source', 'strange'])).toMatchObject({ status: 0, all: '\n' });
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0, all: '\n' });
    execFileSync('rm', ['-rf', workspace.path('strange')]);
    const { status, stdout } = await workspace.run(['restore', 'strange', '--in-place', '--no-safety', '--yes']);
    expect(stdout).toMatch(/: identical\n$/);
    expect(status).toBe(0);
    expect(await photograph(workspace.path('strange'))).toEqual(before);
  });

  it('when one link points elsewhere, one mode, one time and one type change, then a comparison names each', async () => {
    const change = (command: string) => execFileSync('sh', ['-c', command], { cwd: workspace.path('strange') });
    change('ln -sfn elsewhere "link to a file"; chmod 640 "mode 600"; touch "time 1970-01-01T00:00:01Z"');
    change('rm nothing.txt; mkdir nothing.txt; rm -r "names/-rf"');
    const { status, json } = await workspace.run(['compare', 'strange', '--json']);
    const found = new Map(
      json.detail.differences.map(({ path, text }: Record<string, string>) => [path, text] as const),
    );
    expect(found.get('link to a file')).toBe('pointed to nothing.txt, points to elsewhere');
    expect(found.get('mode 600')).toBe('had mode 600, has 640');
    expect(found.get('time 1970-01-01T00:00:01Z')).toMatch(/^was changed 1970-01-01T00:00:01.000Z, says 20/);
    expect(found.get('nothing.txt')).toBe('was a file, is a directory');
    expect(found.get('names/-rf/-rf')).toBe('is missing');
    expect(status).toBe(4);
  });
});

describe('given a pipe and a socket in the folder', () => {
  it('when it is backed up, then they are left out without a wait, and a comparison does not call them strangers', async () => {
    expect(await workspace.run(['backup', '--source', 'special'])).toMatchObject({ status: 0 });
    const { status, stdout } = await workspace.run(['compare', 'special']);
    expect(stdout).toMatch(/2 files and folders, 1 byte: identical/);
    expect(status).toBe(0);
  });
});

describe('given a name that is not UTF-8', () => {
  it('when the folder is backed up, then the name is reported and the status is 3, and the rest is stored', async () => {
    const { status, stdout } = await workspace.run(['backup', '--source', 'unnamed']);
    expect(stdout).toContain('not in the backup: café, its name is not UTF-8');
    expect(status).toBe(3);
  });

  it('when the generation is verified in full, then it is incomplete and says why', async () => {
    const { status, stdout } = await workspace.run(['verify', '--level', 'identical']);
    expect(stdout).toMatch(/^INCOMPLETE .*\n {4}café: not in the backup, its name is not UTF-8$/m);
    expect(status).toBe(3);
  });

  it('when it is restored, then what is in the backup is put in place and the status is 3', async () => {
    await rm(workspace.path('unnamed'), { recursive: true });
    const { status, json } = await workspace.run([
      'restore',
      'unnamed',
      '--in-place',
      '--no-safety',
      '--yes',
      '--json',
    ]);
    expect(json).toMatchObject({ verdict: 'incomplete', inPlace: true });
    expect(status).toBe(3);
    expect(Object.keys(await photograph(join(workspace.home, 'unnamed')))).toEqual(['named']);
  });
});
