import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../helpers/local-processes.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;

const note = () => workspace.path('work', 'note');

beforeAll(async () => {
  workspace = await LocalWorkspace.open({
    sources: { work: { kind: 'directory', path: 'work' } },
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  await symlink(resolve('bin', 'fukugen'), workspace.path('bin', 'fukugen'));
  await mkdir(workspace.path('work'));
  await writeFile(note(), 'as backed up');
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  await writeFile(note(), 'as changed');
});

afterAll(() => workspace[Symbol.asyncDispose]());

/** On a terminal of its own, as `script` makes one: waits for the question, then presses a key. */
async function pressed(command: string, key: string): Promise<{ readonly said: string; readonly status: number }> {
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: workspace.home,
    env: { ...workspace.environment, TERM: 'xterm' },
  });
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += stripVTControlCharacters(data.toString()).replaceAll('\r', '');
  });
  const ended = once(child, 'exit');
  await eventually(
    async () => said,
    (text) => text.includes('[y/N]'),
  );
  child.stdin.write(key);
  const [status] = await ended;
  return { said, status };
}

describe('given a question on a terminal', () => {
  it.each([
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ])('when %s answers it, then nothing is replaced, and it says what is left and how it goes', async (_key, typed) => {
    const { said, status } = await pressed('fukugen restore work --in-place --no-safety', typed);
    expect(said).toMatch(
      /^ *fukugen: stopped on request; nothing was replaced, and what was restored is \S+work\.restored-\S+\n {2}next: fukugen undo --clean/m,
    );
    expect(status).toBe(130);
    expect(await readFile(note(), 'utf8')).toBe('as changed');
  });

  it('when Ctrl-C answers one of undo, then nothing was changed', async () => {
    const { said, status } = await pressed('fukugen undo --clean', '\x03');
    expect(said).toMatch(/^ *fukugen: stopped on request; nothing was changed\n$/m);
    expect(status).toBe(130);
    expect((await workspace.run(['undo', '--list', '--json'])).json.leftovers).toHaveLength(2);
  });
});
