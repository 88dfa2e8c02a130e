import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectRoundTrip } from '../../helpers/local-round-trip.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;

const sources = { work: { kind: 'directory', path: 'work' } };
const offsite = { kind: 'restic', repository: 'sftp:user@elsewhere:/laptop', password: 'env:RESTIC' };

/**
 * What restic starts to reach another machine: it speaks SFTP over standard input and output, whatever carries that.
 * Here it is the server itself, without the way in between.
 */
async function sshIs(script: string): Promise<void> {
  await writeFile(workspace.path('bin', 'ssh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

const serve = () => `rclone serve sftp --stdio '${workspace.path('server')}'`;

beforeAll(async () => {
  workspace = await LocalWorkspace.open({ sources, stores: { offsite } }, { RESTIC: 'right' });
  for (const folder of ['work', 'server']) await mkdir(workspace.path(folder));
  await writeFile(workspace.path('work', 'a'), 'a');
  await sshIs(`exec ${serve()}`);
});

afterAll(() => workspace[Symbol.asyncDispose]());

describe('given a machine that is reached over ssh', () => {
  it('when a repository is made there and a generation stored, then it verifies, and comes back identical', async () => {
    await expectRoundTrip(workspace);
  }, 120_000);

  it('when the line breaks during an upload, then one sentence says so, and the next run needs no help', async () => {
    // Nothing that compresses.
    await writeFile(workspace.path('work', 'big'), randomBytes(9_000_000));
    // More than what opens a repository takes, and less than the file.
    await sshIs(`dd bs=4096 count=1000 status=none | ${serve()}`);
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toMatch(
      /^fukugen: the server of the store offsite kept failing: .*(connection lost|ssh command exited).*\n {2}next: run it again later/,
    );
    expect(status).toBe(7);
    await sshIs(`exec ${serve()}`);
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0, stderr: '' });
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0, stderr: '' });
    expect(await readdir(workspace.path('server', 'laptop', 'locks'))).toEqual([]);
  }, 120_000);

  it('when the policy keeps fewer, then the rest goes, and what is kept verifies', async () => {
    await workspace.write({ sources, stores: { offsite }, retention: { last: 1 } });
    for (const content of ['b', 'c']) {
      await writeFile(workspace.path('work', 'a'), content);
      expect(await workspace.run(['backup'])).toMatchObject({ status: 0, stderr: '' });
    }
    // The newest, and the newest that was verified.
    expect((await workspace.run(['list', '--json'])).json.generations).toHaveLength(2);
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
  }, 120_000);
});

describe('given a way that ssh does not find open', () => {
  // In ssh's own words.
  it.each([
    ['user@elsewhere: Permission denied (publickey).'],
    ['Host key verification failed.'],
    ['ssh: connect to host elsewhere port 22: Connection refused'],
    ['ssh: Could not resolve hostname elsewhere: Name or service not known'],
  ])('when it says %j, then that is told with status 7, and what to try', async (words) => {
    await sshIs(`echo '${words}' >&2; exit 255`);
    const { status, stderr } = await workspace.run(['list']);
    const [sentence, next] = stderr.split('\n');
    // restic does not always wait for ssh's last words.
    const reached = 'fukugen: ssh does not reach the server of the store offsite';
    expect([reached, `${reached}: ${words.replace(/^ssh: /, '')}`]).toContain(sentence);
    expect(next).toBe('  next: try the same address with ssh by hand; it must open without a question');
    expect(status).toBe(7);
  });
});
