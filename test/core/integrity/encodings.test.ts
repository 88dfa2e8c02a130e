import { describe, expect, test } from '@jest/globals';
import { useServer } from './support.ts';

const server = useServer();

const text = `create table t (a text, b text[], c jsonb, "列" varchar); insert into t select 'あ' || i, array['い', null], '{"う": "え"}', 'お'
  from generate_series(1, 5000) i; alter table t set (parallel_workers = 2); analyze t;`;
const inEncoding = (encoding: string) => `encoding '${encoding}' template template0 locale 'C'`;

describe('the encoding of a database', () => {
  test('does not matter to the hash of the same text, even when several workers compute it', async () => {
    const contents = [];
    for (const encoding of ['UTF8', 'EUC_JP']) {
      const database = await server().database(text, inEncoding(encoding));
      await server().run(
        'postgres',
        `alter database ${database} set parallel_setup_cost = 0; alter database ${database} set parallel_tuple_cost = 0`,
      );
      const { tables, unseen } = await server().fingerprint(database);
      expect(unseen).toEqual([]);
      contents.push(tables[0]?.content);
    }
    expect(contents[1]).toBe(contents[0]);
  });

  test('may be none at all: bytes that are no text in any encoding are hashed as they are', async () => {
    const contents = [];
    for (const byte of ['\\xff', '\\xfe']) {
      const database = await server().database('', inEncoding('SQL_ASCII'));
      await server().run(
        database,
        `set client_encoding = 'SQL_ASCII'; create table t (a text, b text[]);
        insert into t select x, array[x] from convert_from('${byte}', 'SQL_ASCII') as x`,
      );
      const { tables, unseen } = await server().fingerprint(database);
      expect(unseen).toEqual([]);
      contents.push(tables[0]?.content);
    }
    expect(contents[1]).not.toBe(contents[0]);
  });
});
