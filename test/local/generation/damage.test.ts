import { chmod, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyInProcess } from '../../helpers/local-in-process.ts';
import { SeededRandom } from '../../helpers/local-random.ts';
import { startLocalServer } from '../../helpers/local-server.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const changes = 100;

let home: LocalWorkspace;
let generation: string;
let folder: string;

const verified = () => verifyInProcess(home.home);

async function filesOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Which kind of file it is: each kind is damaged as often as any other, though most bytes are data. */
function kindOf(file: string): string {
  const path = relative(folder, file);
  return /data\/(dump\/schema|dump\/README|dump|settings|)/.exec(path)?.[0] ?? path;
}

/** Adds to one byte, does something, and takes it away again. */
async function withChangedByte<T>(file: string, position: number, add: number, run: () => Promise<T>): Promise<T> {
  const { mode, atime, mtime } = await stat(file);
  await chmod(file, 0o600);
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  const write = (value: number) => handle.write(Buffer.of(value & 0xff), 0, 1, position);
  try {
    await handle.read(byte, 0, 1, position);
    await write((byte[0] as number) + add);
    // A dying disk leaves size and time alone.
    await handle.utimes(atime, mtime);
    return await run();
  } finally {
    await write(byte[0] as number);
    await handle.utimes(atime, mtime);
    await handle.close();
    await chmod(file, mode);
  }
}

beforeAll(async () => {
  await using server = await startLocalServer();
  await server.create(
    'shop',
    `CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 2000) g;
     CREATE TABLE b (note text); COMMENT ON TABLE b IS '復元'; CREATE VIEW c AS SELECT * FROM a;
     SELECT lo_from_bytea(0, decode('00ff', 'hex')); ALTER DATABASE shop SET app.note = 'x'`,
  );
  home = await LocalWorkspace.open(
    {
      sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' }, work: { kind: 'directory', path: 'work' } },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    },
    { SHOP_URL: server.url('shop') },
  );
  await mkdir(home.path('work', 'フォルダ'), { recursive: true });
  for (const name of ['a', 'b', 'フォルダ/c']) await writeFile(home.path('work', name), name.repeat(5_000));
  await writeFile(home.path('work', 'empty'), '');
  const { status, json } = await home.run(['backup', '--json']);
  expect(status).toBe(0);
  generation = json.generation;
  folder = home.path('disk', generation);
});

afterAll(() => home[Symbol.asyncDispose]());

describe('given a stored generation', () => {
  it(`when any one byte of it changes, ${changes} times at random, then verify notices every time`, async () => {
    const random = new SeededRandom();
    const files = (await filesOf(folder)).sort();
    const sizes = new Map(await Promise.all(files.map(async (file) => [file, (await stat(file)).size] as const)));
    const kinds = Map.groupBy(
      files.filter((file) => (sizes.get(file) as number) > 0),
      kindOf,
    );
    expect(kinds.size).toBeGreaterThanOrEqual(9);
    expect(await verified()).toBe(0);
    const unnoticed: string[] = [];
    const names = [...kinds.keys()];
    for (let change = 0; change < changes; change += 1) {
      const file = random.from(kinds.get(names[change % names.length] as string) as string[]);
      const position = random.below(sizes.get(file) as number);
      const add = 1 + random.below(255);
      const status = await withChangedByte(file, position, add, verified);
      if (status !== 4) unnoticed.push(`${relative(folder, file)}, byte ${position} + ${add}: status ${status}`);
    }
    expect({ seed: random.seed, unnoticed }).toEqual({ seed: random.seed, unnoticed: [] });
    expect(await verified()).toBe(0);
  });

  it('when any one of its files is missing, then verify notices every time', async () => {
    for (const file of await filesOf(folder)) {
      const place = join(file, '..');
      await chmod(place, 0o700);
      await rename(file, home.path('away'));
      expect([relative(folder, file), await verified()]).toEqual([relative(folder, file), 4]);
      await rename(home.path('away'), file);
    }
    expect(await verified()).toBe(0);
  });

  it.each(['', 'sources', 'sources/shop', 'sources/shop/data', 'sources/work/data/フォルダ'])(
    'when a strange file lies in its folder "%s", then verify notices',
    async (place) => {
      const stranger = join(folder, place, 'stranger');
      await chmod(join(folder, place), 0o700);
      await writeFile(stranger, '');
      expect(await verified()).toBe(4);
      await rm(stranger);
      expect(await verified()).toBe(0);
    },
  );

  it('when a byte of it has changed, then the next backup copies afresh instead of linking to it', async () => {
    await using later = await LocalWorkspace.open({
      sources: { work: { kind: 'directory', path: home.path('work') } },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    });
    await later.run(['backup']);
    const [first] = await generationsIn(later.path('disk'));
    const file = later.path('disk', first as string, 'sources', 'work', 'files.jsonl');
    await withChangedByte(file, 10, 1, async () => {
      const { json } = await later.run(['backup', '--json']);
      expect(json.sources[0].detail.linked).toBe(0);
    });
  });
});
