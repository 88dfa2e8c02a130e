import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';

const root = resolve(import.meta.dirname, '..', '..');

function rehearse(args: readonly string[], environment: Record<string, string> = {}) {
  const node = ['--disable-warning=ExperimentalWarning', join(root, 'rehearsal', 'main.ts')];
  return execa(process.execPath, [...node, ...args], { reject: false, env: environment, stdin: 'ignore' });
}

describe('npm run rehearse', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rehearsal-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    [['--size', '1MB'], '--size: received 1MB; write a size of 20MB or more, such as 300MB'],
    [['--size', 'large'], '--size: received large; write a size of 20MB or more, such as 300MB'],
    [['--frob'], "Unknown option '--frob'"],
  ])('given %j, it says what would be right and ends with 2', async (args, sentence) => {
    const { exitCode, stderr } = await rehearse(args);
    expect(stderr).toContain(sentence);
    expect(exitCode).toBe(2);
  });

  test('given a report in a folder that is not there, it says so before it begins', async () => {
    const report = join(folder, 'nowhere', 'r.json');
    const { exitCode, stderr } = await rehearse(['--report', report]);
    expect(stderr).toContain(`--report: ${report} cannot be written; name a file in a folder that is there`);
    expect(exitCode).toBe(2);
  });

  test('--help tells what it does', async () => {
    const { exitCode, stdout } = await rehearse(['--help']);
    expect(stdout).toContain('gets both back, and proves that they are the same');
    expect(exitCode).toBe(0);
  });

  test('given a machine without restic, it fails, says so in the report, and leaves nothing behind', async () => {
    // Given: a PATH with everything the story needs but restic
    const programs = join(folder, 'programs');
    await mkdir(programs);
    for (const name of ['sh', 'dirname', 'readlink', 'cat', 'ls'])
      await symlink(`/usr/bin/${name}`, join(programs, name));
    const scratch = join(folder, 'scratch');
    await mkdir(scratch);

    // When
    const report = join(folder, 'rehearsal.json');
    const { exitCode, stdout } = await rehearse(['--size', '20MB', '--report', report], {
      PATH: programs,
      TMPDIR: scratch,
    });

    // Then
    expect(stdout).toContain('FAILED');
    expect(exitCode).toBe(1);
    const { verdict, reason, measured, stages } = JSON.parse(await readFile(report, 'utf8'));
    expect({ verdict, measured }).toEqual({ verdict: 'failed', measured: null });
    expect(reason).toContain('the program restic is not installed');
    expect(stages.at(-1)).toMatchObject({ name: 'fukugen init', outcome: 'failed' });
    expect(await readdir(scratch)).toEqual([]);
  });
});
