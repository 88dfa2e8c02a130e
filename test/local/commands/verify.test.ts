import { mkdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { removeTree } from '../../../local/system/folders.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;
beforeEach(async () => {
  workspace = await LocalWorkspace.open({
    sources: { work: { kind: 'directory', path: 'work' }, gone: { kind: 'directory', path: 'gone' } },
    stores: { disk: { kind: 'generations', path: 'disk' }, usb: { kind: 'generations', path: 'usb' } },
  });
  for (const folder of ['work', 'gone']) {
    await mkdir(workspace.path(folder));
    await writeFile(workspace.path(folder, 'a'), folder);
  }
});
afterEach(() => workspace[Symbol.asyncDispose]());

describe('fukugen verify', () => {
  it('given a generation with everything in it, ends with 0', async () => {
    await workspace.run(['backup']);
    expect(await workspace.run(['verify', '--json'])).toMatchObject({ status: 0 });
  });

  it('given a source that could not be backed up, names it and ends with 3', async () => {
    await rm(workspace.path('gone'), { recursive: true });
    await workspace.run(['backup']);
    const { status, stdout } = await workspace.run(['verify']);
    expect(status).toBe(3);
    expect(stdout).toMatch(
      /INCOMPLETE {2}disk {2}\S+ {2}gone {2}bytes: not in this generation: the folder .* cannot be found/,
    );
  });

  it('given a store without a generation beside a good one, proves the good one and ends with 5', async () => {
    await workspace.run(['backup']);
    await removeTree(workspace.path('usb'));
    await workspace.run(['init', 'usb']);
    const { status, stdout } = await workspace.run(['verify']);
    expect(status).toBe(5);
    expect(stdout).toMatch(/ok {2}disk/);
    expect(stdout).toContain('NOT VERIFIED  usb: the store usb has no generation yet');
  });

  it('given a source that no generation holds, ends with 5 and not with 0', async () => {
    await workspace.run(['backup']);
    expect(await workspace.run(['verify', '--source', 'wrok'])).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('does not hold wrok'),
    });
  });
});

describe('fukugen verify --level', () => {
  it('given a level that there is none of, names those there are', async () => {
    expect(await workspace.run(['verify', '--level', 'full'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^fukugen: there is no level full; there is bytes, readable, restorable, identical\n {2}next: fukugen verify --help/,
      ),
    });
  });

  it('given a number of parts that cannot be, says what it must be', async () => {
    expect(await workspace.run(['verify', '--parts', '0'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^fukugen: --parts is 0, and must be a whole number from 1 to 256\n {2}next: 1 reads/,
      ),
    });
  });

  it('given a level, shows at the end what each level covered last, and asks no store for it later', async () => {
    await workspace.run(['backup']);
    const { stdout } = await workspace.run(['verify', '--level', 'restorable', '--store', 'usb', '--verbose']);
    const table = stdout.slice(stdout.indexOf('STORE'));
    expect(table.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'now').replaceAll(/ +\S+Z$/gm, '')).toBe(
      [
        'STORE  SOURCE  LEVEL       COVERED (UTC)     PORTION       VERDICT  GENERATION',
        'usb    work    bytes       now  1 of 1 files  ok',
        'usb    work    readable    now  1 of 1 files  ok',
        'usb    work    restorable  now  1 of 1 files  ok',
        'usb    work    identical   never',
        'usb    gone    bytes       now  1 of 1 files  ok',
        'usb    gone    readable    now  1 of 1 files  ok',
        'usb    gone    restorable  now  1 of 1 files  ok',
        'usb    gone    identical   never',
        '',
      ].join('\n'),
    );
    await removeTree(workspace.path('usb'));
    expect(await workspace.run(['verify', '--summary', '--store', 'usb'])).toMatchObject({ status: 0, stdout: table });
  });

  it('given a generation that was taken right before a restore, takes the one before it for the latest', async () => {
    await workspace.run(['backup']);
    const restored = await workspace.run(['restore', 'work', '--in-place', '--yes']);
    expect(restored).toMatchObject({ status: 0 });
    const [regular, safety] = await generationsIn(workspace.path('disk'));
    const { json } = await workspace.run(['verify', '--store', 'disk', '--json']);
    expect(json.findings[0].generation).toBe(regular);
    const named = await workspace.run(['verify', '--store', 'disk', '--at', safety as string, '--json']);
    expect(named.json.findings[0].generation).toBe(safety);
    await removeTree(workspace.path('disk', regular as string));
    expect(await workspace.run(['verify', '--store', 'disk'])).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('the store disk has no generation yet but what was taken right before a restore'),
    });
  });
});
