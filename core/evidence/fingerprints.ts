import type { TablePartFingerprint } from '../integrity/checks/batch.ts';
import type { DatabaseFingerprint, TableFingerprint, Unseen } from '../integrity/fingerprint.ts';
import { named } from '../integrity/names.ts';
import type { AnswerFacts, SurveyFacts } from './facts.ts';

/** Of every database whose batch answered: its fingerprint, with the tables of all batches in it. */
export function assembleFingerprints(
  survey: SurveyFacts,
  answers: ReadonlyMap<number, AnswerFacts>,
): Record<string, DatabaseFingerprint> {
  const given = [...answers.values()];
  const parts = given.flatMap(({ tables }) => tables);
  const bases = given.flatMap(({ fingerprint }) => (fingerprint ? [fingerprint] : []));
  return Object.fromEntries(
    bases.map((base) => {
      const database = base.database.name;
      const whole = tablesOf(parts.filter((part) => part.database === database));
      const unread = unreadTables(survey, answers, database).filter((name) => !isIn(base.unseen, name));
      const unseen = unread.map((name) => ({ kind: 'table', name, why: 'error', text: 'not reached' }) as const);
      const tables = whole.filter((table) => !unread.includes(nameOf(table)));
      return [database, { ...base, tables, unseen: [...base.unseen, ...unseen] }];
    }),
  );
}

/** Ranges of the same table add up: the hashes of rows do, lane by lane, modulo 2^64. In the order of a fingerprint. */
function tablesOf(parts: readonly TablePartFingerprint[]): TableFingerprint[] {
  const groups = Map.groupBy(parts, (part) => JSON.stringify([part.schema, part.name]));
  return [...groups.values()]
    .map((group) => {
      const { schema, name, kind, persistence } = group[0] as TablePartFingerprint;
      const sum = (value: (part: TablePartFingerprint) => number) =>
        group.reduce((total, part) => total + value(part), 0);
      const content = addContents(group.map((part) => part.content));
      return {
        schema,
        name,
        kind,
        persistence,
        rows: sum(({ rows }) => rows),
        content,
        bytes: sum(({ bytes }) => bytes),
      };
    })
    .sort((one, other) => compare(one.schema, other.schema) || compare(one.name, other.name));
}

function addContents(contents: readonly string[]): string {
  const lane = (from: number) =>
    BigInt.asUintN(
      64,
      contents.reduce((total, content) => total + BigInt(`0x${content.slice(from, from + 16)}`), 0n),
    )
      .toString(16)
      .padStart(16, '0');
  return lane(0) + lane(16);
}

/** Tables of which a part is in a batch without an answer, or in an answer that does not tell of it. */
function unreadTables(survey: SurveyFacts, answers: ReadonlyMap<number, AnswerFacts>, database: string): string[] {
  const unread = survey.batches.flatMap((batch, number) => {
    if (batch.kind !== 'tables' || batch.database !== database) return [];
    const count = (of: readonly { schema: string; name: string }[]) =>
      Map.groupBy(of, nameOf) as ReadonlyMap<string, readonly unknown[]>;
    const told = count((answers.get(number)?.tables ?? []).filter((part) => part.database === database));
    return [...count(batch.parts)]
      .filter(([name, wanted]) => (told.get(name)?.length ?? 0) < wanted.length)
      .map(([name]) => name);
  });
  return [...new Set(unread)];
}

function isIn(unseen: readonly Unseen[], name: string): boolean {
  return unseen.some((one) => one.kind === 'table' && one.name === name);
}

function nameOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return named(schema, name);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
