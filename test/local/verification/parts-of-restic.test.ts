import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { photograph } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let home: LocalWorkspace;
/** Its data is in the first generation alone. */
let pack: string;

beforeAll(async () => {
  home = await LocalWorkspace.open({
    sources: { work: { kind: 'directory', path: 'work' } },
    stores: { offsite: { kind: 'restic', repository: 'repository', password: 'command:echo right' } },
  });
  await mkdir(home.path('work'));
  await home.run(['init']);
  const write = async () => {
    await writeFile(home.path('work', 'a'), randomBytes(500_000));
    expect(await home.run(['backup'])).toMatchObject({ status: 0 });
  };
  await write();
  const packs = Object.keys(await photograph(home.path('repository', 'data'))).filter((path) => path.includes('/'));
  const sizes = await Promise.all(packs.map(async (path) => (await stat(home.path('repository', 'data', path))).size));
  pack = home.path('repository', 'data', packs[sizes.indexOf(Math.max(...sizes))] as string);
  await write();
});

afterAll(() => home[Symbol.asyncDispose]());

async function verify(): Promise<{
  readonly status: number;
  readonly part: { number: number; of: number; verdict: string };
}> {
  const { status } = await home.run(['verify', '--parts', '2']);
  const file = home.path('state', 'fukugen', 'tested', 'verification', 'coverage.json');
  return { status, part: JSON.parse(await readFile(file, 'utf8')).stores.offsite.part };
}

describe('given a repository whose older data is damaged', () => {
  it('when each run reads one of two parts, then the run whose turn it is finds it, and the turn passes on in any case', async () => {
    await chmod(pack, 0o600);
    const file = await open(pack, 'r+');
    await file.write(Buffer.from([1, 2, 3, 4]), 0, 4, 250_000);
    await file.close();
    const its = (Number.parseInt(basename(pack).slice(0, 2), 16) % 2) + 1;
    for (const number of [1, 2, 1]) {
      const isHere = number === its;
      expect(await verify()).toMatchObject({
        status: isHere ? 4 : 0,
        part: { number, of: 2, verdict: isHere ? 'failed' : 'proven' },
      });
    }
  }, 120_000);

  it('when it is tried dry, then the next part is named, and none is read', async () => {
    const { stdout } = await home.run(['verify', '--parts', '2', '--dry-run']);
    expect(stdout).toMatch(/^would verify \S+ in offsite up to bytes, and part 2 of 2 of the repository\n$/);
  });

  it('when what was covered is shown, then the part that was read last is there', async () => {
    const { stdout } = await home.run(['verify', '--summary']);
    expect(stdout).toMatch(/^offsite {2}\(store\) {2}bytes {7}\d{4}-\d\d-\d\d \d\d:\d\d {2}part 1 of 2/m);
  });
});
