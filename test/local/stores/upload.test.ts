import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { parsePolicy } from '../../../core/policy/index.ts';
import { takeGeneration } from '../../../local/generation/take-generation.ts';
import { openWorkspace } from '../../../local/workspace.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const megabyte = 2 ** 20;
const work = { kind: 'directory', path: 'work' };
const offsite = { kind: 'restic', repository: 'repository', password: 'env:FUKUGEN_TEST_RESTIC' };
const mirror = { kind: 'rclone', remote: 'here:mirror', options: { type: 'local' } };

let workspace: LocalWorkspace;

beforeAll(async () => {
  workspace = await LocalWorkspace.open(
    { sources: { work }, stores: { offsite, mirror } },
    { FUKUGEN_TEST_RESTIC: 'right' },
  );
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'noise'), randomBytes(3 * megabyte));
  // Real programs, whose command lines are written down.
  for (const name of ['restic', 'rclone']) {
    const { stdout: program } = await execa('which', [name]);
    const script = `#!/bin/sh\necho ${name} "$@" >> ${workspace.path('typed')}\nexec ${program} "$@"\n`;
    await writeFile(workspace.path('bin', name), script, { mode: 0o755 });
  }
  expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
});

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given stores with an upload limit', () => {
  it('when a backup is taken, then both programs are told, restic is no faster, and both say how far they are', async () => {
    await workspace.write({
      sources: { work },
      stores: { offsite: { ...offsite, uploadLimit: '1MiB' }, mirror: { ...mirror, uploadLimit: '64MB' } },
    });
    const counted: [string, number, number, string][] = [];
    let stage = '';
    const progress = {
      stage: (text: string) => {
        stage = text;
      },
      count: (done: number, total: number, what: string) => counted.push([stage, done, total, what]),
      end: () => {},
    };
    const { signal } = new AbortController();
    const before = { ...process.env };
    Object.assign(process.env, workspace.environment);
    try {
      const opened = await openWorkspace(workspace.home, 'backup.config.yaml', signal);
      const start = performance.now();
      const { stores } = await takeGeneration(opened, opened.sources, { progress, signal });
      // The first second's worth may go at once.
      expect(performance.now() - start).toBeGreaterThan(1_500);
      expect(stores.map(({ error }) => error)).toEqual([undefined, undefined]);
    } finally {
      for (const name of Object.keys(workspace.environment)) delete process.env[name];
      Object.assign(process.env, before);
    }
    const typed = await readFile(workspace.path('typed'), 'utf8');
    expect(typed).toMatch(/^restic .*backup .*--limit-upload 1024/m);
    expect(typed).toMatch(/^rclone .*copy .*\/objects --bwlimit=64000000B:off/m);
    expect(counted).toContainEqual(['storing in offsite', 3, 3, 'MB read']);
    expect(counted).toContainEqual(['storing in mirror', 3, 3, 'MB']);
  });

  it('when none is written, then nothing is limited', async () => {
    await workspace.write({ sources: { work }, stores: { mirror } });
    await writeFile(workspace.path('typed'), '');
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    expect(await readFile(workspace.path('typed'), 'utf8')).not.toContain('--bwlimit');
  });

  it('when it is written in another form, then the policy is refused', () => {
    const parse = (uploadLimit: string) =>
      parsePolicy({ name: 'tested', local: { sources: { work }, stores: { mirror: { ...mirror, uploadLimit } } } });
    expect(() => parse('fast')).toThrow(/local\.stores\.mirror\.uploadLimit: .*write a size such as 100GB or 512MiB/);
    expect(() => parse('10B')).toThrow(/local\.stores\.mirror\.uploadLimit: .*write 1KiB or more/);
  });
});
