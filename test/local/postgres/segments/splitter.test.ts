import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Segment, Splitter } from '../../../../local/postgres/segments/splitter.ts';

const small = { least: 200, further: 300, most: 1_500, limit: 2_000 };

function split(text: string | Buffer, chunkBytes = 64, sizes = small): Segment[] {
  const dump = Buffer.from(text);
  const splitter = new Splitter(sizes);
  const segments: Segment[] = [];
  for (let at = 0; at < dump.length; at += chunkBytes)
    segments.push(...splitter.push(dump.subarray(at, at + chunkBytes)));
  segments.push(...splitter.end());
  return segments;
}

const joined = (segments: readonly Segment[]) => Buffer.concat(segments.flatMap(({ content }) => content));
const textOf = (segment: Segment) => Buffer.concat(segment.content).toString();

const table = (name: string, rows: readonly string[]) =>
  `--\n-- Data for Name: ${name}; Type: TABLE DATA\n--\n\nCOPY ${name} (id, word) FROM stdin;\n${rows.map((row) => `${row}\n`).join('')}\\.\n\n\n`;

const rowsFrom = (from: number, to: number) =>
  Array.from(
    { length: to - from },
    (_, at) =>
      `${from + at}\t${createHash('sha256')
        .update(`${from + at}`)
        .digest('hex')}`,
  );

const dump = `SET row_security = off;\n\n${table('public.a', rowsFrom(0, 300))}${table('public.empty', [])}BEGIN;\n\nSELECT pg_catalog.lo_open('1', 131072);\nSELECT pg_catalog.lowrite(0, '\\x00');\nSELECT pg_catalog.lo_close(0);\n\nCOMMIT;\n\nSELECT pg_catalog.setval('public.s', 3, true);\n\n--\n-- PostgreSQL database dump complete\n--\n\n`;

describe('Splitter', () => {
  test('given a dump, then each table, the large objects and what is between them are parts of their own', () => {
    const parts = split(dump).map(({ part, kind, name }) => [part, kind, name].join(' '));
    expect([...new Set(parts)]).toEqual([
      '0 statements ',
      '1 table public.a',
      '2 table public.empty',
      '3 large-objects ',
      '4 statements ',
    ]);
  });

  test('given any dump in chunks of any size, then the segments joined are the dump, and the same for every size', () => {
    const short = fc.string({
      unit: fc.constantFrom('a', '\\\\', '\\n', '\t', '復', '.', 'COPY ', '--'),
      maxLength: 40,
    });
    const long = fc.integer({ min: 400, max: 5_000 }).map((length) => 'x'.repeat(length));
    const row = fc.oneof({ weight: 20, arbitrary: short }, { weight: 1, arbitrary: long });
    const rows = fc.array(
      row.filter((text) => text !== '\\.'),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 4 }), fc.integer({ min: 1, max: 400 }), (tables, chunk) => {
        const text = `SET a = b;\n\n${tables.map((some, at) => table(`t${at}`, some)).join('')}SELECT 1;\n`;
        const segments = split(text, chunk);
        expect(joined(segments).toString()).toBe(text);
        const shape = (list: readonly Segment[]) =>
          list.map(({ part, number, kind, sha256 }) => [part, number, kind, sha256]);
        expect(shape(segments)).toEqual(shape(split(text, text.length)));
        for (const segment of segments)
          expect(createHash('sha256').update(Buffer.concat(segment.content)).digest('hex')).toBe(segment.sha256);
      }),
    );
  });

  test('given rows added at the end, then all segments but the last are the same again', () => {
    const before = split(table('public.a', rowsFrom(0, 1_000)));
    const after = split(table('public.a', rowsFrom(0, 1_010)));
    expect(before.length).toBeGreaterThan(50);
    const known = new Set(before.map(({ sha256 }) => sha256));
    expect(after.filter(({ sha256 }) => !known.has(sha256)).length).toBeLessThanOrEqual(4);
  });

  test('given a row added in the middle, one changed and one removed, then few segments around them are others', () => {
    const rows = rowsFrom(0, 1_000);
    const before = new Set(split(table('public.a', rows)).map(({ sha256 }) => sha256));
    const changed = [
      ...rows.slice(0, 200),
      'new\trow',
      ...rows.slice(200, 500),
      `${rows[500]}x`,
      ...rows.slice(501, 800),
      ...rows.slice(801),
    ];
    expect(split(table('public.a', changed)).filter(({ sha256 }) => !before.has(sha256)).length).toBeLessThanOrEqual(9);
  });

  test('given rows longer than a segment may be, then they are cut within, and memory is not theirs', () => {
    const segments = split(table('public.a', ['x'.repeat(50_000), 'y']), 64);
    expect(Math.max(...segments.map((segment) => textOf(segment).length))).toBe(small.limit);
    expect(textOf(segments.at(-1) as Segment)).toMatch(/xx\ny\n\\\.\n\n\n$/);
  });

  test('given segments of a table, then each but the last ends with a row', () => {
    const segments = split(table('public.a', rowsFrom(0, 500)));
    for (const segment of segments) expect(textOf(segment).endsWith('\n')).toBe(true);
  });

  test.each([
    ['public."a\nb"', 'COPY public."a\nb" (id, word) FROM stdin;\n'],
    ['"x""y".z', 'COPY "x""y".z FROM stdin;\n'],
  ])('given the table %j, then its name is read whole', (name, header) => {
    const [segment] = split(`${header}1\n\\.\n`);
    expect(segment).toMatchObject({ kind: 'table', name });
  });

  test.each(['COPY public.a (id) FROM stdin;\n1\n', 'COPY public.a'])(
    'given a dump that ends in %j, then it is refused',
    (text) => {
      expect(() => split(`${text}\n`)).toThrow('the dump ends within the table');
    },
  );
});
