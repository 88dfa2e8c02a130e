import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RowReader, rowsAt } from '../../../local/verification/read-rows.ts';
import { runs } from '../../helpers/thorough.ts';

const header = 'COPY public.orders (id, "a, b", note) FROM stdin;\n';

function read(text: string, columns = header, cuts: readonly number[] = []): string | undefined {
  const reader = new RowReader(columns);
  const content = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts.map((one) => one % (content.length + 1)).sort((a, b) => a - b), content.length]) {
    const problem = reader.push(content.subarray(from, cut));
    if (problem) return problem;
    from = cut;
  }
  return reader.end();
}

/** As PostgreSQL writes a value. */
function copied(value: string | null): string {
  const letters: Record<string, string> = {
    '\\': '\\\\',
    '\n': '\\n',
    '\t': '\\t',
    '\r': '\\r',
    '\b': '\\b',
    '\f': '\\f',
    '\v': '\\v',
  };
  return value === null ? '\\N' : value.replace(/[\\\n\t\r\b\f\v]/g, (letter) => letters[letter] as string);
}

const value = fc.option(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')));
const table = fc.array(fc.tuple(value, value, value));
const textOf = (rows: readonly (readonly (string | null)[])[]) =>
  `${rows.map((row) => `${row.map(copied).join('\t')}\n`).join('')}\\.\n\n\n`;

describe('given rows as PostgreSQL prints them', () => {
  it('when they are cut anywhere, then they are read to the end', () => {
    fc.assert(
      fc.property(table, fc.array(fc.nat()), (rows, cuts) => expect(read(textOf(rows), header, cuts)).toBeUndefined()),
      { numRuns: runs(200, 20_000) },
    );
  });

  it('when one of them loses a tab or a newline, or the mark at the end is lost, then that is noticed', () => {
    const full = fc.array(fc.tuple(value, value, value), { minLength: 1 });
    fc.assert(
      fc.property(full, fc.nat(), (rows, at) => {
        const text = textOf(rows);
        const ends = [...text.slice(0, -5).matchAll(/[\t\n]/g)].map(({ index }) => index);
        const end = ends[at % ends.length] as number;
        expect(read(text.slice(0, end) + text.slice(end + 1))).toBeDefined();
        expect(read(text.slice(0, -5))).toMatch(/^ends after [\d,]+ rows? without the mark/);
      }),
      { numRuns: runs(200, 20_000) },
    );
  });

  it.each([
    ['1\t2\n\\.\n', 'row 1 has 2 values for 3 columns'],
    ['1\t2\t3\n1\t2\t3\t4\n\\.\n', 'row 2 has 4 values for 3 columns'],
    ['1\t2\t\0\n\\.\n', 'row 1 holds a zero byte'],
    ['1\t2\t\\Nx\n\\.\n', 'row 1 holds more than \\N in a value'],
    ['1\t2\tx\\\n\\.\n', 'row 1 ends with a backslash'],
    ['\\.x\n', 'row 1 goes on after \\.'],
    ['1\t2\t3\n\\.\n1\t2\t3\n', 'goes on after the mark that ends its rows'],
    ['1\t2\t3\n', 'ends after 1 row without the mark that ends them'],
    ['1\t2\t3', 'ends after 0 rows without the mark that ends them'],
  ])('when they are %j, then what is wrong is said', (text, problem) => {
    expect(read(text)).toBe(problem);
  });
});

describe('given the beginning of a table', () => {
  it.each([
    ['COPY public.a (id) FROM stdin;\n', '1\n\\.\n'],
    ['-- a remark\n\nCOPY "odd (schema"."a ""b""" (x, "FROM stdin;") FROM stdin;\n', '1\t2\n\\.\n'],
    ['COPY public.nothing  FROM stdin;\n', '\n\n\\.\n'],
  ])('when it is %j, then its columns are counted', (beginning, rows) => {
    const text = Buffer.from(beginning + rows);
    const at = rowsAt(text) as number;
    expect(at).toBe(beginning.length);
    expect(read(rows, text.subarray(0, at).toString())).toBeUndefined();
  });

  it.each(['INSERT INTO a VALUES (1);\n', 'COPY public.a (id) FROM std', ''])(
    'when it is %j, then it is none',
    (text) => {
      expect(rowsAt(Buffer.from(text))).toBeUndefined();
    },
  );
});
