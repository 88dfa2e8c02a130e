import { describe, expect, test } from '@jest/globals';
import type { DatabaseFingerprint } from '../../../core/integrity/index.ts';
import { lines, useServer } from './support.ts';

const server = useServer();

describe('a sequence', () => {
  test('is recorded with its position, its definition and its column', async () => {
    const [{ sequences }] = (await server().states(`
      create table t (id serial, n bigint generated always as identity (start 5 increment -5 minvalue -100 maxvalue 100 cycle));
      select nextval('t_id_seq'); select nextval('t_id_seq');`)) as [DatabaseFingerprint];
    expect(sequences).toEqual([
      {
        schema: 'public',
        name: 't_id_seq',
        last: '2',
        called: true,
        type: 'integer',
        start: '1',
        increment: '1',
        minimum: '1',
        maximum: '2147483647',
        cache: '1',
        cycle: false,
        column: 'public.t.id',
      },
      {
        schema: 'public',
        name: 't_n_seq',
        last: '5',
        called: false,
        type: 'bigint',
        start: '5',
        increment: '-5',
        minimum: '-100',
        maximum: '100',
        cache: '1',
        cycle: true,
        column: 'public.t.n',
      },
    ]);
  });

  test('is read exactly, far beyond what a JavaScript number holds', async () => {
    const [{ sequences }] = (await server().states(`create sequence s; select setval('s', 9223372036854775806)`)) as [
      DatabaseFingerprint,
    ];
    expect(sequences).toMatchObject([{ last: '9223372036854775806' }]);
  });

  test('is one of more than a statement reads together', async () => {
    const [{ sequences }] = (await server().states(
      `do $$ begin for i in 1..250 loop execute 'create sequence s' || i; perform setval('s' || i, i); end loop; end $$`,
    )) as [DatabaseFingerprint];
    expect(sequences).toHaveLength(250);
    for (const { name, last } of sequences) expect(name).toBe(`s${last}`);
  });

  test.each([
    [
      'behind',
      `create sequence s; select setval('s', 10)`,
      `select setval('s', 9)`,
      'difference: sequence public.s continues at 10, recorded 11: it will give out values that were given out already',
    ],
    [
      'behind by not having been called',
      `create sequence s; select setval('s', 10)`,
      `select setval('s', 10, false)`,
      'difference: sequence public.s continues at 10, recorded 11: it will give out values that were given out already',
    ],
    [
      'ahead',
      `create sequence s; select setval('s', 10)`,
      `select nextval('s')`,
      'note: sequence public.s continues at 12, recorded 11',
    ],
    [
      'behind when it counts down',
      `create sequence s increment -1 maxvalue 100 start 50; select setval('s', 40)`,
      `select setval('s', 45)`,
      'difference: sequence public.s continues at 44, recorded 39: it will give out values that were given out already',
    ],
    [
      'ahead when it counts down',
      `create sequence s increment -1 maxvalue 100 start 50; select setval('s', 40)`,
      `select setval('s', 35)`,
      'note: sequence public.s continues at 34, recorded 39',
    ],
    [
      'anywhere when it cycles',
      `create sequence s cycle; select setval('s', 10)`,
      `select setval('s', 5)`,
      'note: sequence public.s continues at 6, recorded 11 (it cycles)',
    ],
    [
      'missing',
      `create sequence s; select setval('s', 10)`,
      'drop sequence s',
      'difference: sequence public.s is missing; it was at 10',
    ],
    ['extra', '', 'create sequence s', 'difference: sequence public.s was not there when the backup was taken'],
    [
      'changed',
      'create sequence s',
      'alter sequence s increment 2',
      'difference: sequence public.s: increment is 2, recorded 1',
    ],
    [
      'bounded otherwise',
      'create sequence s',
      'alter sequence s maxvalue 100',
      'difference: sequence public.s: maximum is 100, recorded 9223372036854775807',
    ],
    [
      'cycling now',
      'create sequence s',
      'alter sequence s cycle',
      'difference: sequence public.s: cycle is true, recorded false',
    ],
    [
      'disowned',
      'create table t (id serial)',
      'alter sequence t_id_seq owned by none',
      'difference: sequence public.t_id_seq: column is none, recorded public.t.id',
    ],
  ])('that is %s is said to be', async (_how, before, change, line) => {
    expect(lines(await server().changes(before, change, 'logical'))).toContain(line);
  });
});
