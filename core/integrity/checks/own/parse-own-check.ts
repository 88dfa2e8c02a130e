import { comparisons, type OwnCheck, type OwnExpectation } from './own-check.ts';
import { splitStatements } from './split-statements.ts';

/** A check, or every mistake of its file as a sentence. */
export type ParsedOwnCheck = { readonly check: OwnCheck } | { readonly mistakes: readonly string[] };

const header = /^[ \t]*--[ \t]*(expect|database)[ \t]*:(.*)$/gim;
const expectation = /^(rows|value)\s*(<=|>=|!=|=|<|>)\s*(-?\d+(?:\.\d+)?)$/;

/**
 * Reads a file of SQL: comments `-- expect: rows = 0` and, if need be, `-- database: shop`, and one query.
 *
 * @param file - its name, such as `orders-have-lines.sql`
 */
export function parseOwnCheck(file: string, text: string): ParsedOwnCheck {
  const mistakes: string[] = [];
  if (!/^[a-z0-9][a-z0-9_-]*\.sql$/.test(file)) {
    mistakes.push('name the file with small letters, digits, - and _, such as orders-have-lines.sql');
  }
  const headers = [...text.matchAll(header)].map(([, key = '', value = '']) => ({
    key: key.toLowerCase(),
    value: value.trim(),
  }));
  const only = (key: string) => {
    const values = headers.filter((one) => one.key === key).map(({ value }) => value);
    if (values.length > 1) mistakes.push(`"-- ${key}:" is there ${values.length} times; write it once`);
    return values[0];
  };
  const expected = only('expect');
  const database = only('database');
  const wanted = expected === undefined ? undefined : parseExpectation(expected);
  if (expected === undefined) mistakes.push('write what is expected, as a comment: -- expect: rows = 0');
  else if (typeof wanted === 'string') mistakes.push(wanted);
  if (database === '') mistakes.push('"-- database:" names none');
  const query = parseQuery(text);
  if ('mistake' in query) mistakes.push(query.mistake);
  if (mistakes.length > 0 || typeof wanted !== 'object' || 'mistake' in query) return { mistakes };
  return {
    check: {
      name: file.slice(0, -'.sql'.length),
      ...(database !== undefined && { database }),
      sql: query.sql,
      expectation: wanted,
    },
  };
}

function parseExpectation(text: string): OwnExpectation | string {
  const [, of, comparison, digits] = expectation.exec(text) ?? [];
  if (of === undefined)
    return `"${text}" is no expectation; write rows or value, one of ${comparisons.join(' ')}, and a number: value >= 1000`;
  const number = Number(digits);
  if (!Number.isFinite(number)) return `"${text}": the number is too large`;
  if (of === 'rows' && !(Number.isInteger(number) && number >= 0))
    return `"${text}": rows are counted; write a whole number`;
  return { of: of as OwnExpectation['of'], comparison: comparison as OwnExpectation['comparison'], number };
}

function parseQuery(text: string): { readonly sql: string } | { readonly mistake: string } {
  if (text.includes('\0')) return { mistake: 'the file holds a zero byte; save it as UTF-8 text' };
  const split = splitStatements(text);
  if ('unterminated' in split) return { mistake: `a ${split.unterminated} in the SQL does not end` };
  const [sql, ...more] = split.statements;
  if (sql === undefined) return { mistake: 'the file holds no SQL; write one query' };
  if (more.length > 0) return { mistake: `the file holds ${more.length + 1} statements; write one query` };
  const word = /^(?:\s|--[^\n\r]*|\/\*(?:[^*]|\*(?!\/))*\*\/|\()*([A-Za-z]*)/.exec(sql)?.[1]?.toLowerCase() ?? '';
  if (!['select', 'with', 'values', 'table'].includes(word)) {
    return {
      mistake: `the SQL begins with ${word === '' ? 'something else' : word.toUpperCase()}; write a query: SELECT, WITH, VALUES or TABLE`,
    };
  }
  return { sql };
}
