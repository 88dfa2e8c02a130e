import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { restore } from '../../local/commands/restore.ts';
import { removeTree } from '../../local/system/folders.ts';
import { inProcess, verified } from '../helpers/local-in-process.ts';
import { SeededRandom } from '../helpers/local-random.ts';
import { startLocalServer } from '../helpers/local-server.ts';
import { photograph } from '../helpers/local-tree.ts';
import { LocalWorkspace } from '../helpers/local-workspace.ts';
import { runs } from '../helpers/thorough.ts';

const corruptions = runs(40, 200);
/** Every so many, a restore from the damaged store too. */
const restoreEvery = 4;

let home: LocalWorkspace;
let original: Record<string, string>;
const random = new SeededRandom();

const sources = {
  shop: { kind: 'postgres', url: 'env:SHOP_URL' },
  work: { kind: 'directory', path: 'work' },
  app: { kind: 'sqlite', path: 'app.db' },
  settings: { kind: 'files', files: ['settings.yml'] },
  output: { kind: 'command', command: ['echo', 'as backed up'], output: 'output.txt' },
};
const crypt = { password: 'env:KEY' };
const stores = {
  disk: { kind: 'generations', path: 'disk' },
  box: { kind: 'archive', path: 'box' },
  gzipped: { kind: 'archive', path: 'gzipped', compression: 'gzip' },
  sealed: { kind: 'archive', path: 'sealed', recipients: [''], identity: 'env:AGE_KEY' },
  mirror: { kind: 'rclone', remote: 'local:mirror', options: { type: 'local' }, crypt },
  open: { kind: 'rclone', remote: 'local:open', options: { type: 'local' } },
  offsite: { kind: 'restic', repository: 'offsite', password: 'env:KEY' },
};
type StoreName = keyof typeof stores;

/** What crypt stores of an empty file: eight bytes that tell its format, and a number used once. https://rclone.org/crypt/#file-formats */
const cryptHeaderBytes = 32;

/** Each store in its turn; restic, which takes seconds for each look, comes as often as any other. */
const names = Object.keys(stores) as StoreName[];

/**
 * Bytes that no reader uses for what they say. Whether rclone's mark of a whole generation is there is all that counts of it; the number
 * that begins what rclone's crypt stores is used for nothing when nothing follows; restic keeps the time and the user's name beside its
 * key, for `restic key list`. What is changed there must be found, or must change nothing.
 */
const unread: Partial<Record<StoreName, RegExp>> = {
  mirror: /^(marks|of an empty file)$/,
  open: /^marks$/,
  offsite: /^keys$/,
};

/** restic before 0.17 looks a quarter of an hour for bytes of a pack that are not there before it restores the rest: too long for here. */
const soughtForLong = /offsite\/data\/.*(truncated|deleted|swapped)|swapped .*offsite\/data\//;

beforeAll(async () => {
  await using server = await startLocalServer();
  await server.create(
    'shop',
    `CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 2000) g;
     CREATE TABLE b (note text); COMMENT ON TABLE b IS '復元'; CREATE VIEW c AS SELECT * FROM a;
     SELECT lo_from_bytea(0, decode('00ff', 'hex')); ALTER DATABASE shop SET app.note = 'x'`,
  );
  const identity = await generateX25519Identity();
  stores.sealed.recipients = [await identityToRecipient(identity)];
  home = await LocalWorkspace.open(
    { sources, stores },
    { SHOP_URL: server.url('shop'), KEY: 'a password', AGE_KEY: identity },
  );
  await mkdir(home.path('work', 'フォルダ'), { recursive: true });
  for (const name of ['a', 'b', 'フォルダ/c']) await writeFile(home.path('work', name), name.repeat(5_000));
  await writeFile(home.path('work', 'empty'), '');
  await writeFile(home.path('settings.yml'), 'word: as backed up\n');
  const database = new DatabaseSync(home.path('app.db'));
  database.exec(`CREATE TABLE a (id INTEGER PRIMARY KEY, word TEXT); INSERT INTO a VALUES (1, '復元'), (2, 'x')`);
  database.close();
  original = await photograph(home.path('work'));
  expect(await home.run(['init'])).toMatchObject({ status: 0 });
  expect(await home.run(['backup'])).toMatchObject({ status: 0 });
  await mkdir(home.path('whole'));
  for (const name of names)
    await cp(home.path(name), home.path('whole', name), { recursive: true, preserveTimestamps: true });
}, 120_000);

afterAll(() => home[Symbol.asyncDispose]());

/** The files of a store by what they are: each kind is damaged as often as any other, though most bytes are data. */
async function filesOf(store: StoreName): Promise<Map<string, string[]>> {
  const root = home.path(store);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const empty = new Set<string>();
  if (store === 'mirror') for (const file of files) if ((await stat(file)).size === cryptHeaderBytes) empty.add(file);
  const kinds = Map.groupBy(files.sort(), (file) =>
    empty.has(file) ? 'of an empty file' : kindOf(store, relative(root, file)),
  );
  kinds.delete('ours');
  return kinds;
}

function kindOf(store: StoreName, path: string): string {
  // What a run has for itself: its lock, and what is doubtful.
  if (path.startsWith('.fukugen/')) return 'ours';
  const parts = path.split('/');
  switch (store) {
    case 'disk':
      return /sources\/[^/]+\/(?:data\/(?:dump|)|[^/]+$)/.exec(path)?.[0] ?? (parts.at(-1) as string);
    case 'mirror':
    case 'open':
      // <policy>/whole/<host>/<generation>, and everything else deeper; the names are encrypted in the one.
      return parts.length === 4 ? 'marks' : parts.length === 5 && parts.at(-1)?.length === 64 ? 'objects' : 'lists';
    default:
      return parts.length > 1 ? (parts[0] as string) : path.replace(/^.*Z\./, '');
  }
}

interface Corruption {
  readonly what: string;
  /** Hands back what to write, or what else was done. */
  readonly to: (file: string, content: Buffer, others: readonly string[]) => Promise<Buffer | string | undefined>;
}

const blockBytes = 512;

/** Each hands back `undefined` when it would change nothing. */
const kinds: readonly Corruption[] = [
  {
    what: 'a byte flipped',
    to: async (_file, content) => {
      if (content.length === 0) return undefined;
      const position = random.below(content.length);
      content[position] = (content[position] as number) ^ (1 + random.below(255));
      return content;
    },
  },
  {
    what: 'a block zeroed',
    to: async (_file, content) => {
      const from = random.below(Math.max(1, content.length));
      const before = Buffer.from(content);
      content.fill(0, from, Math.min(from + blockBytes, content.length));
      return content.equals(before) ? undefined : content;
    },
  },
  {
    what: 'truncated',
    to: async (_file, content) =>
      content.length === 0 ? undefined : content.subarray(0, random.below(content.length)),
  },
  {
    what: 'appended to',
    to: async (_file, content) =>
      Buffer.concat([content, Buffer.from(Array.from({ length: 1 + random.below(64) }, () => random.below(256)))]),
  },
  {
    what: 'deleted',
    to: async (file) => {
      await rm(file);
      return 'deleted';
    },
  },
  {
    what: 'swapped with another',
    to: async (file, content, others) => {
      const other = random.from(others);
      if (content.equals(await readFile(other))) return undefined;
      await rename(file, `${file}.away`);
      await rename(other, file);
      await rename(`${file}.away`, other);
      return `swapped with ${relative(home.home, other)}`;
    },
  },
];

/** As a dying disk or a clumsy hand does it: size and time of what is changed inside stay, where they can. */
async function corrupt(store: StoreName, turn: number): Promise<{ readonly what: string; readonly kind: string }> {
  const files = await filesOf(store);
  for (;;) {
    const kind = random.from([...files.keys()]);
    const file = random.from(files.get(kind) as string[]);
    const { what, to } = kinds[turn % kinds.length] as Corruption;
    const others = [...files.values()].flat().filter((other) => other !== file);
    const { atime, mtime, mode } = await stat(file);
    for (const each of [file, ...others]) await chmod(dirname(each), 0o700);
    const done = await to(file, await readFile(file), others);
    if (done === undefined) {
      // Nothing to change here, such as in an empty file: another one, or another way.
      turn += 1;
      continue;
    }
    if (typeof done !== 'string') {
      await chmod(file, 0o600);
      await writeFile(file, done);
      await utimes(file, atime, mtime);
      await chmod(file, mode);
    }
    return {
      what: `seed ${random.seed}: ${relative(home.home, file)} ${what} ${typeof done === 'string' ? done : ''}`,
      kind,
    };
  }
}

async function mend(store: StoreName): Promise<void> {
  for (const place of [store, 'restic-cache', 'state']) await removeTree(home.path(place));
  await cp(home.path('whole', store), home.path(store), { recursive: true, preserveTimestamps: true });
}

const only = (store: StoreName) => home.write({ sources, stores: { [store]: stores[store] } });

/** What a restore makes of it: an error, a word of warning, or the right content. */
async function restored(): Promise<string> {
  return inProcess(home, async (workspace, context) => {
    const outcome = await restore(workspace, 'work', { at: 'latest' }, context).catch(({ code }) => code as string);
    if (typeof outcome === 'string') return 'refused';
    const { beside } = outcome.json as { readonly beside: string };
    const content = await photograph(beside);
    await removeTree(beside);
    if (outcome.status !== 0) return 'told to be wrong';
    return JSON.stringify(content) === JSON.stringify(original) ? 'right' : 'WRONG WITHOUT A WORD';
  });
}

describe('given a store of each kind', () => {
  it.each(names)('when nothing of %s was damaged, then it verifies, and restores what was backed up', async (store) => {
    await only(store);
    expect(await verified(home, { parts: '1' })).toBe(0);
    expect(await restored()).toBe('right');
  });

  it(`when any of their files is damaged, ${corruptions} times at random, then verify finds it, and no restore is wrong without a word`, async () => {
    const unnoticed: string[] = [];
    for (let turn = 0; turn < corruptions; turn += 1) {
      const store = names[turn % names.length] as StoreName;
      await only(store);
      const { what, kind } = await corrupt(store, Math.floor(turn / names.length) + turn);
      const status = await verified(home, { parts: '1' });
      const isFound = status !== 0;
      const isUnread = unread[store]?.test(kind) === true;
      const isTried = turn % restoreEvery === 0 || (isUnread && !isFound);
      const outcome = isTried && !soughtForLong.test(what) ? await restored() : 'not tried';
      if (outcome.startsWith('WRONG') || (!isFound && !(isUnread && outcome === 'right')))
        unnoticed.push(`${what}: status ${status}, restore ${outcome}`);
      await mend(store);
    }
    expect(unnoticed).toEqual([]);
  }, 1_800_000);
});

describe('given a stored generation', () => {
  it.each(['', 'sources', 'sources/shop', 'sources/shop/data', 'sources/work/data/フォルダ'])(
    'when a strange file lies in its folder "%s", then verify notices',
    async (place) => {
      await mend('disk');
      await only('disk');
      const [generation] = (await readdir(home.path('disk'))).filter((name) => !name.startsWith('.'));
      const folder = home.path('disk', generation as string, place);
      await chmod(folder, 0o700);
      await writeFile(join(folder, 'stranger'), '');
      expect(await verified(home)).toBe(4);
    },
  );

  it('when its list of files has changed, then the next backup copies afresh instead of linking to it', async () => {
    await using other = await LocalWorkspace.open({
      sources: { work: { kind: 'directory', path: home.path('work') } },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    });
    const { json: first } = await other.run(['backup', '--json']);
    const file = other.path('disk', first.generation, 'sources/work/files.jsonl');
    await chmod(file, 0o600);
    await writeFile(file, (await readFile(file, 'utf8')).replace('"size":', '"Size":'));
    const { json } = await other.run(['backup', '--json']);
    expect(json.sources[0].detail.linked).toBe(0);
  });
});
