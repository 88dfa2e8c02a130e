import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../helpers/local-processes.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;
let generations: string[];

const note = () => workspace.path('work', 'note');
const down = '\x1b[B';
const enter = '\r';

beforeAll(async () => {
  workspace = await LocalWorkspace.open({
    sources: { other: { kind: 'directory', path: 'other' }, work: { kind: 'directory', path: 'work' } },
    stores: { disk: { kind: 'generations', path: 'disk' }, second: { kind: 'generations', path: 'second' } },
  });
  await symlink(resolve('bin', 'fukugen'), workspace.path('bin', 'fukugen'));
  for (const name of ['other', 'work']) await mkdir(workspace.path(name));
  for (const text of ['first', 'second']) {
    await writeFile(note(), text);
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  }
  await writeFile(note(), 'as changed');
  expect(await workspace.run(['verify', '--store', 'second'])).toMatchObject({ status: 0 });
  const { json } = await workspace.run(['list', '--json']);
  generations = json.generations.map(({ generation }: { generation: string }) => generation);
});

afterAll(() => workspace[Symbol.asyncDispose]());

/** A terminal of its own, as `script` makes one: waits for each question, then presses the keys. */
async function talk(answers: readonly (readonly [question: string, keys: string])[]): Promise<string> {
  const child: ChildProcess = spawn('script', ['-qec', 'fukugen restore', '/dev/null'], {
    cwd: workspace.home,
    env: { ...workspace.environment, TERM: 'xterm', COLUMNS: '200' },
  });
  let said = '';
  child.stdout?.on('data', (data: Buffer) => {
    said += stripVTControlCharacters(data.toString());
  });
  const ended = once(child, 'close');
  for (const [question, keys] of answers) {
    await eventually(
      async () => said,
      (text) => text.includes(question),
    );
    child.stdin?.write(keys);
  }
  await ended;
  return said;
}

describe('given a terminal and no argument', () => {
  it('when the questions are answered, then that generation comes to a new place', async () => {
    const said = await talk([
      ['What is to be restored?', down + enter],
      ['From which store?', down + enter],
      ['Which generation?', down + enter],
      ['Where to?', enter],
    ]);
    expect(said).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}[\d.]+ (s|min \d+ s) ago, \d+ B, bytes verified/);
    expect(said).toMatch(/ago, \d+ B, not verified yet/);
    const [, place] = /restored as (\S+work\.restored-\S+)/.exec(said) as unknown as [string, string];
    expect(await readFile(`${place}/note`, 'utf8')).toBe('first');
    expect(await readFile(note(), 'utf8')).toBe('as changed');
  });

  it('when it is stopped with Ctrl-C, then nothing was restored', async () => {
    const said = await talk([
      ['What is to be restored?', enter],
      ['From which store?', '\x03'],
    ]);
    expect(said).toMatch(/fukugen: stopped (on request; nothing was restored|by SIGINT)/);
  });
});

describe('given nobody to ask', () => {
  it.each([[[]], [['--json']]])('when restore is typed with %j, then the flags to type are told', async (options) => {
    const { status, all } = await workspace.run(['restore', ...options]);
    expect(all).toContain('nobody is there to be asked what to restore; there is other, work');
    expect(all).toContain('fukugen restore <source> --store <store> --at <generation>');
    expect(status).toBe(2);
    expect(generations).toHaveLength(2);
  });
});
