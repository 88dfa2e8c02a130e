import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DatabaseFingerprint } from '../../../core/integrity/index.ts';
import { layout } from '../../../local/generation/manifest.ts';
import { comparePart } from '../../../local/postgres/compare-part.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let server: LocalServer;
let workspace: LocalWorkspace;
let recorded: DatabaseFingerprint;

const tables = {
  filled: new Set(['["public","a"]']),
  kept: new Set(['["public","a"]']),
  dropped: [{ schema: 'public', name: 'b', kind: 'TABLE' as const }],
};

beforeAll(async () => {
  server = await startLocalServer();
  await server.create(
    'shop',
    `CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE a (id serial, b int REFERENCES b, word text);
     CREATE INDEX a_word ON a (word); INSERT INTO a (word) VALUES ('one')`,
  );
  workspace = await LocalWorkspace.open(
    {
      sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' } },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    },
    { SHOP_URL: server.url('shop') },
  );
  const { json } = await workspace.run(['backup', '--json']);
  const file = workspace.path('disk', json.generation, layout.fingerprint('shop'));
  recorded = JSON.parse(await readFile(file, 'utf8'));
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

/** What a restore of the table `a` alone gives. */
function restored(without: (name: string) => boolean = () => false): DatabaseFingerprint {
  const isOfB = (name: string) => /^public\.b(?:\.|_|$)/.test(name);
  const objects = recorded.schema.objects.filter(
    ({ name }) => !isOfB(name) && name !== 'public.a.a_b_fkey' && !without(name),
  );
  return {
    ...recorded,
    schema: { ...recorded.schema, objects },
    tables: recorded.tables.filter(({ name }) => name === 'a'),
  };
}

describe('given a part of a database', () => {
  it('when all of it is as recorded, then it is identical, and the foreign key to what is not there is named', () => {
    const { comparison, leftOut } = comparePart(recorded, restored(), tables, []);
    expect(comparison).toMatchObject({ verdict: 'identical', findings: [] });
    expect(leftOut).toEqual(['constraint public.a.a_b_fkey']);
  });

  it('when a row is another, then it is different', () => {
    const found = restored();
    const [table] = found.tables;
    const changed = { ...found, tables: [{ ...table, content: '0'.repeat(32) } as NonNullable<typeof table>] };
    expect(comparePart(recorded, changed, tables, []).comparison.verdict).toBe('different');
  });

  it.each(['public.a_word', 'public.a.word'])(
    'when its %s is missing, then it is different, and not left out',
    (name) => {
      const { comparison, leftOut } = comparePart(
        recorded,
        restored((other) => other === name),
        tables,
        [],
      );
      expect(comparison.verdict).toBe('different');
      expect(leftOut).not.toContain(expect.stringContaining(name));
    },
  );

  it('when its rows are missing, then it is different', () => {
    expect(comparePart(recorded, { ...restored(), tables: [] }, tables, []).comparison.verdict).toBe('different');
  });
});
