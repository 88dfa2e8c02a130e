import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { comparisons } from '../../../../../core/integrity/checks/own/own-check.ts';
import { parseOwnCheck } from '../../../../../core/integrity/checks/own/parse-own-check.ts';
import { readOwnChecks } from '../../../../../core/integrity/checks/own/read-own-checks.ts';
import { splitStatements } from '../../../../../core/integrity/checks/own/split-statements.ts';

const mistakesOf = (text: string, file = 'check.sql') => {
  const parsed = parseOwnCheck(file, text);
  return 'mistakes' in parsed ? parsed.mistakes : [];
};

describe('a file of SQL with an expectation', () => {
  test('given all that can be in it, becomes a check', () => {
    const text = `-- Every order has a line.\n-- expect: rows = 0\n-- database: shop\nselect 1 where false; -- the end\n`;
    expect(parseOwnCheck('orders-have-lines.sql', text)).toEqual({
      check: {
        name: 'orders-have-lines',
        database: 'shop',
        sql: '-- Every order has a line.\n-- expect: rows = 0\n-- database: shop\nselect 1 where false',
        expectation: { of: 'rows', comparison: '=', number: 0 },
      },
    });
  });

  test('given any expectation, reads what was written', () => {
    const number = fc.oneof(
      fc.nat(),
      fc.integer(),
      fc
        .double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })
        .map((value) => Math.round(value * 100) / 100),
    );
    const space = fc.constantFrom('', ' ', '\t', '   ');
    fc.assert(
      fc.property(fc.constantFrom(...comparisons), number, space, space, (comparison, value, left, right) => {
        const digits = value.toFixed(2);
        const parsed = parseOwnCheck(
          'a.sql',
          `--${left}expect:${right}value${left}${comparison}${right}${digits}\nselect 1`,
        );
        expect(parsed).toMatchObject({ check: { expectation: { of: 'value', comparison, number: Number(digits) } } });
      }),
    );
  });

  test.each([
    ['no expectation', 'select 1', ['write what is expected, as a comment: -- expect: rows = 0']],
    [
      'two expectations',
      '-- expect: rows = 0\n-- expect: rows = 1\nselect 1',
      ['"-- expect:" is there 2 times; write it once'],
    ],
    [
      'two databases',
      '-- expect: rows = 0\n-- database: a\n-- database: b\nselect 1',
      ['"-- database:" is there 2 times; write it once'],
    ],
    ['a database without a name', '-- expect: rows = 0\n-- database:\nselect 1', ['"-- database:" names none']],
    [
      'another comparison',
      '-- expect: rows == 0\nselect 1',
      ['"rows == 0" is no expectation; write rows or value, one of = != < <= > >=, and a number: value >= 1000'],
    ],
    [
      'another thing',
      '-- expect: columns = 1\nselect 1',
      ['"columns = 1" is no expectation; write rows or value, one of = != < <= > >=, and a number: value >= 1000'],
    ],
    ['half a row', '-- expect: rows > 0.5\nselect 1', ['"rows > 0.5": rows are counted; write a whole number']],
    ['less than no rows', '-- expect: rows > -1\nselect 1', ['"rows > -1": rows are counted; write a whole number']],
    [
      'a number without end',
      `-- expect: value > ${'9'.repeat(400)}\nselect 1`,
      [`"value > ${'9'.repeat(400)}": the number is too large`],
    ],
    ['no SQL', '-- expect: rows = 0\n;;', ['the file holds no SQL; write one query']],
    ['two statements', '-- expect: rows = 0\nselect 1; select 2', ['the file holds 2 statements; write one query']],
    [
      'a statement that is no query',
      '-- expect: rows = 0\ndelete from t',
      ['the SQL begins with DELETE; write a query: SELECT, WITH, VALUES or TABLE'],
    ],
    [
      'no statement at all',
      '-- expect: rows = 0\n42',
      ['the SQL begins with something else; write a query: SELECT, WITH, VALUES or TABLE'],
    ],
    ['a string without end', `-- expect: rows = 0\nselect 'x`, ['a string in the SQL does not end']],
    ['an escape string without end', `-- expect: rows = 0\nselect E'x\\'`, ['a string in the SQL does not end']],
    [
      'a dollar-quoted string without end',
      '-- expect: rows = 0\nselect $a$ x $b$',
      ['a string in the SQL does not end'],
    ],
    ['a name without end', '-- expect: rows = 0\nselect "x', ['a quoted name in the SQL does not end']],
    ['a comment without end', '-- expect: rows = 0\nselect 1 /* /* */', ['a comment in the SQL does not end']],
    ['a zero byte', '-- expect: rows = 0\nselect 1\0', ['the file holds a zero byte; save it as UTF-8 text']],
  ])('given %s, says so', (_what, text, mistakes) => {
    expect(mistakesOf(text)).toEqual(mistakes);
  });

  test('given a name that is none, says so', () => {
    expect(mistakesOf('-- expect: rows = 0\nselect 1', 'My Check.sql')).toEqual([
      'name the file with small letters, digits, - and _, such as orders-have-lines.sql',
    ]);
  });

  test('given several mistakes, names them all', () => {
    expect(mistakesOf('-- database:\ndrop table t; select 1', 'X.sql')).toHaveLength(4);
  });

  test.each([
    'with a as (select 1) select * from a',
    '(select 1) union (select 2)',
    'values (1)',
    'table t',
    '/* why */ select 1',
    'SELECT 1',
  ])('given %s, it is a query', (sql) => {
    expect(mistakesOf(`-- expect: rows = 0\n${sql}`)).toEqual([]);
  });
});

describe('semicolons', () => {
  const piece = fc.constantFrom(
    'select 1',
    `'a;b'`,
    `'it''s;'`,
    `E'\\';'`,
    `e'\\\\'`,
    '"a;b"',
    '"a""b;"',
    '$$ ; $$',
    `$tag$ ; $$ ' $tag$`,
    'a$b$c',
    '$1',
    'price5',
    '/* ; */',
    '/* /* ; */ ; */',
    '-- ;\n',
    '注文',
    'é',
    '- -',
    '\n',
  );

  test('inside of strings, names and comments cut nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(piece, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
        (given) => {
          const statements = given.map((pieces) => `select ${pieces.join(' ')}`);
          const split = splitStatements(statements.join(' ; '));
          expect(split).toEqual({ statements: statements.map((statement) => statement.trim()) });
        },
      ),
    );
  });

  test('end whatever text there is: every letter is in a statement, or is space, a comment or a semicolon', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`'"$;-/*\\ea1 \n`) }), (text) => {
        const split = splitStatements(text);
        if ('unterminated' in split) expect(text).toMatch(/['"$]|\/\*/);
        else for (const statement of split.statements) expect(text).toContain(statement);
      }),
    );
  });
});

describe('a folder of own checks', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fukugen-checks-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  test('given some, reads all of them by name and nothing else', () => {
    write('b.sql', '-- expect: rows = 0\nselect 1');
    write('a.sql', '-- expect: value > 1\nselect 2');
    write('README.md', 'text');
    expect(readOwnChecks(folder).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('given mistakes, tells all of all files', () => {
    write('a.sql', 'select 1');
    write('b.sql', '-- expect: rows = 0');
    expect(() => readOwnChecks(folder)).toThrow(
      `the own checks in ${folder} have mistakes:\n  a.sql: write what is expected, as a comment: -- expect: rows = 0\n  b.sql: the file holds no SQL; write one query`,
    );
  });

  test('given none, says so', () => {
    mkdirSync(join(folder, 'empty'));
    expect(() => readOwnChecks(join(folder, 'empty'))).toThrow(
      `the folder of own checks, ${folder}/empty, holds no .sql file`,
    );
  });

  test('given no folder, says so', () => {
    expect(() => readOwnChecks(join(folder, 'gone'))).toThrow(
      `the folder of own checks, ${folder}/gone, cannot be read`,
    );
  });
});
