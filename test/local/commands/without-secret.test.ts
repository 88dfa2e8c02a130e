import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;

const reason = 'the environment variable NOT_IN_CRON is not set';

beforeAll(async () => {
  workspace = await LocalWorkspace.open({
    sources: { work: { kind: 'directory', path: 'work' } },
    stores: {
      offsite: { kind: 'restic', repository: 'repository', password: 'env:NOT_IN_CRON' },
      disk: { kind: 'generations', path: 'disk' },
    },
  });
  await mkdir(workspace.path('work'));
  await writeFile(workspace.path('work', 'note'), 'as backed up');
});

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given a store whose password cannot be found now', () => {
  it('when a backup runs, then the other store has it, and the status is that of the secret', async () => {
    const { status, stdout } = await workspace.run(['backup']);
    expect(stdout).toContain(`  FAILED in offsite: ${reason}\n    next: export NOT_IN_CRON=…`);
    expect(stdout).toContain('  stored in disk\n');
    expect(status).toBe(8);
  });

  it('when generations are listed and verified, then those of the other store are', async () => {
    const listed = await workspace.run(['list', '--json']);
    expect(listed.json).toMatchObject({
      generations: [{ stores: ['disk'] }],
      unavailable: [{ store: 'offsite', code: 'secret', message: reason }],
    });
    const verified = await workspace.run(['verify']);
    expect(verified.stdout).toMatch(/^ok {2}disk /m);
    expect([listed.status, verified.status]).toEqual([8, 8]);
  });

  it('when the other store is named, then a restore comes from it', async () => {
    expect(await workspace.run(['restore', 'work', '--store', 'disk'])).toMatchObject({ status: 0 });
  });

  it.each([[['init']], [['list', '--store', 'offsite']], [['restore', 'work']]])(
    'when it is needed by %j, then the secret is named',
    async (command) => {
      const { status, stderr } = await workspace.run(command);
      expect(stderr).toMatch(new RegExp(`^fukugen: ${reason}\\n {2}next: export NOT_IN_CRON=`));
      expect(status).toBe(8);
    },
  );
});
