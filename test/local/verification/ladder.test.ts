import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { removeTree } from '../../../local/system/folders.ts';
import { verifyInProcess } from '../../helpers/local-in-process.ts';
import { rewriteSource } from '../../helpers/local-rewrite.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

type Change = Parameters<typeof rewriteSource>[2];
type List = Parameters<typeof rewriteSource>[3];

let server: LocalServer;
let home: LocalWorkspace;
let generation: string;

beforeAll(async () => {
  server = await startLocalServer();
  await server.create(
    'shop',
    `CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders SELECT g, 'note ' || g FROM generate_series(1, 50) g;
     CREATE TABLE lines (order_id int REFERENCES orders); INSERT INTO lines SELECT g FROM generate_series(1, 50) g`,
  );
  home = await LocalWorkspace.open(
    {
      sources: {
        shop: { kind: 'postgres', url: 'env:SHOP_URL' },
        app: { kind: 'sqlite', path: 'app.sqlite' },
        work: { kind: 'directory', path: 'work' },
        out: { kind: 'command', command: ['echo', 'printed'], compress: 'zstd', secret: false, output: 'out' },
      },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    },
    { SHOP_URL: server.url('shop') },
  );
  const database = new DatabaseSync(home.path('app.sqlite'));
  database.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, text)');
  for (let row = 0; row < 200; row += 1)
    database.prepare('INSERT INTO note (text) VALUES (?)').run(`note ${row} `.repeat(20));
  database.close();
  await mkdir(home.path('work', 'deep', 'er'), { recursive: true });
  await mkdir(home.path('work', 'many'));
  for (let file = 0; file < 120; file += 1) await writeFile(home.path('work', 'many', `${file}`), `${file}`);
  for (const name of ['a', 'b', 'deep/c', 'deep/er/d']) await writeFile(home.path('work', name), name.repeat(500));
  const { status, json } = await home.run(['backup', '--json']);
  expect(status).toBe(0);
  generation = home.path('disk', json.generation);
  execFileSync('cp', ['-a', home.path('disk'), home.path('pristine')]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await removeTree(home.path('disk'));
  execFileSync('cp', ['-a', home.path('pristine'), home.path('disk')]);
});

/** What each level says of a source; the levels above the first that fails are not tried. */
async function climbed(
  level: string,
  source: string,
): Promise<{ readonly said: readonly string[]; readonly text: string }> {
  const { json } = await verifyInProcess(home, { level, source });
  const { findings } = json as { findings: { level: string; verdict: string; text: string }[] };
  return { said: findings.map((one) => `${one.level} ${one.verdict}`), text: findings.at(-1)?.text ?? '' };
}

const pathIn = (files: Map<string, Buffer>, part: string) =>
  [...files.keys()].find((path) => path.includes(part)) as string;

/** Another text in a segment of a table, under the name that such a text gets. */
function segment(table: string, edit: (text: string) => string, isRenamed = true): Change {
  return (files) => {
    const path = pathIn(files, `table-public.${table}/`);
    const text = edit(zstdDecompressSync(files.get(path) as Buffer).toString());
    files.delete(path);
    const name = isRenamed ? path.replace(/-[0-9a-f]{32}\./, `-${hash('sha256', text).slice(0, 32)}.`) : path;
    files.set(name, zstdCompressSync(text));
  };
}

function edit(part: string, change: (content: Buffer) => Buffer | undefined): Change {
  return (files) => {
    const path = pathIn(files, part);
    const content = change(files.get(path) as Buffer);
    if (content) files.set(path, content);
    else files.delete(path);
  };
}

const asItIs: Change = () => {};

describe('given a generation as it was taken', () => {
  it('when it is verified up to identical, then every source climbs all four levels, and the summary says how much was covered', async () => {
    const { status, json } = await verifyInProcess(home, { level: 'identical' });
    const { findings, summary } = json as Record<
      string,
      { source: string; level: string; verdict: string; portion: object }[]
    >;
    expect(findings?.map(({ source, level, verdict }) => `${source} ${level} ${verdict}`)).toEqual(
      ['shop', 'app', 'work', 'out'].flatMap((source) =>
        ['bytes', 'readable', 'restorable', 'identical'].map((level) => `${source} ${level} proven`),
      ),
    );
    expect(summary).toHaveLength(16);
    expect(summary?.[3]).toMatchObject({
      source: 'shop',
      level: 'identical',
      portion: { done: 2, of: 2, what: 'tables' },
    });
    expect(status).toBe(0);
  });

  it.each([
    ['shop', { done: 2, of: 2, what: 'tables' }],
    ['work', { done: 100, of: 124, what: 'files' }],
  ])('when %s is verified up to restorable, then it is restored and not compared', async (source, portion) => {
    const { json } = await verifyInProcess(home, { level: 'restorable', source });
    const { findings } = json as { findings: object[] };
    expect(findings).toHaveLength(3);
    expect(findings.at(-1)).toMatchObject({ level: 'restorable', verdict: 'proven', portion });
  });
});

describe('given bytes that changed after they were recorded', () => {
  it('when they are verified up to identical, then bytes finds it and nothing is restored', async () => {
    const file = home.path('disk', generation.slice(home.path('disk').length + 1), 'sources', 'work', 'data', 'a');
    execFileSync('chmod', ['u+w', file]);
    await writeFile(file, 'A'.repeat(500));
    expect(await climbed('identical', 'work')).toEqual({
      said: ['bytes failed'],
      text: expect.stringMatching(/^1 of \d+ are not as recorded\na: content differs: SHA-256 was /),
    });
  });
});

describe('given damage that was recorded with its own hashes', () => {
  it.each<[string, string, Change, List, RegExp]>([
    [
      'a segment is no zstd',
      'shop',
      edit('table-public.orders/', () => Buffer.from('?')),
      undefined,
      /cannot be decompressed/,
    ],
    [
      'a segment ends early',
      'shop',
      edit('table-public.orders/', (content) => content.subarray(0, -9)),
      undefined,
      /cannot be decompressed/,
    ],
    [
      'a segment has another text than its name says',
      'shop',
      segment('orders', (text) => text.replace('note 7', 'note 8'), false),
      undefined,
      /does not hold the text that its name says/,
    ],
    [
      'a row lacks a value',
      'shop',
      segment('orders', (text) => text.replace('\tnote 7', '')),
      undefined,
      /row 7 has 1 values for 2 columns/,
    ],
    [
      'rows have no end',
      'shop',
      segment('orders', (text) => text.replace('\\.\n', '')),
      undefined,
      /row 51 has 1 values|without the mark/,
    ],
    [
      'rows have no beginning',
      'shop',
      segment('orders', (text) => text.replace('COPY', 'copy')),
      undefined,
      /does not begin with a COPY/,
    ],
    [
      'the only segment of a table is missing',
      'shop',
      edit('table-public.orders/', () => undefined),
      undefined,
      /holds no segment/,
    ],
    [
      'the archive of the schema is cut',
      'shop',
      edit('schema.dump', (content) => content.subarray(0, -40)),
      undefined,
      /pg_restore ended with status/,
    ],
    [
      'the settings are no JSON',
      'shop',
      edit('settings.json', () => Buffer.from('{')),
      undefined,
      /^a record in it is no JSON/,
    ],
    [
      'a page of the database is overwritten',
      'app',
      edit('database.sqlite', (content) =>
        Buffer.concat([content.subarray(0, 4_096), Buffer.alloc(4_096, 7), content.subarray(8_192)]),
      ),
      undefined,
      /the database .*damaged/,
    ],
    [
      'the printed output is cut',
      'out',
      edit('output.zst', (content) => content.subarray(0, -3)),
      undefined,
      /^the output cannot be decompressed/,
    ],
  ])(
    'when %s, then bytes does not find it, readable does, and nothing is restored',
    async (_what, source, change, list, text) => {
      await rewriteSource(generation, source, change, list);
      const climb = await climbed('identical', source);
      expect(climb.said).toEqual(['bytes proven', 'readable failed']);
      expect(climb.text).toMatch(text);
    },
  );

  it.each<[string, List, RegExp]>([
    [
      'by a way around',
      (entries) => [...entries, { ...entries.at(-1), path: `deep/../${entries.at(-1).path}` }],
      /^the list of files names "deep\/\.\.\/.*", which is not a path inside of the folder$/,
    ],
    ['twice', (entries) => [...entries, entries.at(-1)], /^the list of files names ".*" twice$/],
  ])('when the list names a file %s, then bytes finds it, and nothing is restored', async (_way, list, text) => {
    await rewriteSource(generation, 'work', asItIs, list);
    const climb = await climbed('identical', 'work');
    expect(climb.said).toEqual(['bytes failed']);
    expect(climb.text).toMatch(text);
  });

  it.each<[string, Change, RegExp]>([
    [
      'is none for its column',
      segment('orders', (text) => text.replace('7\tnote 7', 'seven\tnote 7')),
      /invalid input syntax for type integer/,
    ],
  ])('when a row reads well and %s, then only a restore finds it', async (_what, change, text) => {
    await rewriteSource(generation, 'shop', change);
    const climb = await climbed('restorable', 'shop');
    expect(climb.said).toEqual(['bytes proven', 'readable proven', 'restorable failed']);
    expect(climb.text).toMatch(/^the restore stopped: /);
    expect(climb.text).toMatch(text);
  });
});

describe('given another content that is recorded as if it were the one backed up', () => {
  it.each<[string, string, Change, RegExp]>([
    [
      'a row of a table',
      'shop',
      segment('orders', (text) => text.replace('note 7', 'note 8')),
      /table public\.orders: 50 rows as recorded, but not the same content/,
    ],
    [
      'a row of a SQLite database',
      'app',
      edit('database.sqlite', (content) =>
        Buffer.from(content.toString('latin1').replaceAll('note 7 ', 'note 8 '), 'latin1'),
      ),
      /table note: 200 rows as recorded, but not the same content/,
    ],
    [
      'what a program printed',
      'out',
      edit('output.zst', () => zstdCompressSync('Printed\n')),
      /8 bytes printed: the same number, but other ones/,
    ],
  ])('when it is %s, then only the comparison finds it', async (_what, source, change, text) => {
    await rewriteSource(generation, source, change);
    const climb = await climbed('identical', source);
    expect(climb.said).toEqual(['bytes proven', 'readable proven', 'restorable proven', 'identical failed']);
    expect(climb.text).toMatch(text);
  });
});
