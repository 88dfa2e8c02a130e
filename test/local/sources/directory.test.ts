import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;

beforeAll(async () => {
  workspace = await LocalWorkspace.open({
    sources: { work: { kind: 'directory', path: 'work' } },
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  await mkdir(workspace.path('work', 'empty'), { recursive: true });
  await writeFile(workspace.path('work', 'a.txt'), 'a\n');
});

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given a folder', () => {
  it('when it is backed up and verified, then all of it is as recorded', async () => {
    const taken = await workspace.run(['backup', '--json']);
    expect(taken).toMatchObject({ status: 0, stderr: '' });
    const verified = await workspace.run(['verify', '--full', '--json']);
    expect(verified).toMatchObject({ status: 0, stderr: '' });
    expect(verified.json.findings.map((finding: { level: string; verdict: string }) => [finding.level, finding.verdict])).toEqual([
      ['bytes', 'identical'],
      ['identical', 'identical'],
    ]);
  });
});
