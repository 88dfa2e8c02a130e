import { counted } from '../../counted.ts';
import { quoted } from '../names.ts';
import type { NewestValue } from './batch.ts';
import { type Check, lookAtEach, NotCovered } from './look.ts';
import type { FreshnessColumn } from './settings.ts';
import { ask, type Subject } from './subject.ts';

/** How a value of each type is a moment. A timestamp without a timezone is one in the database's own; a date counts from its first. */
const moments: Readonly<Record<string, string>> = {
  timestamptz: 'v',
  timestamp: `v at time zone current_setting('TimeZone')`,
  date: `v::timestamp at time zone current_setting('TimeZone')`,
};

/** A date says that something happened until the end of its day. */
const leeway: Readonly<Record<string, number>> = { date: 86_400 };

/** The newest value of each declared column is new enough, counted back from the moment that was restored to. */
export const freshness: Check = {
  check: 'freshness',
  async look(subject) {
    const { asOf } = subject.settings;
    const newest: NewestValue[] = [];
    const here = await columnsHere(subject);
    const seen = await lookAtEach(here, nameOfColumn, async (column) => {
      const { value, type } = await newestOf(subject, column);
      newest.push({ database: subject.database, table: column.table, column: column.column, newest: value });
      const object = nameOfColumn(column);
      if (value === null) return [{ object, text: 'holds no value' }];
      const behind = Math.round((Date.parse(asOf) - Date.parse(value)) / 1_000);
      if (behind <= column.withinSeconds + (leeway[type] ?? 0)) return [];
      return [
        {
          object,
          text: `the newest value is ${hours(behind)} older than the moment restored to; ${hours(column.withinSeconds)} are allowed`,
        },
      ];
    });
    const text =
      here.length === 0
        ? 'no column of this database is declared'
        : `the newest values of ${counted(here.length, 'column')} read`;
    return { ...seen, newest, nothing: here.length === 0, text };
  },
};

export function nameOfColumn({ table, column }: Pick<FreshnessColumn, 'table' | 'column'>): string {
  return `${table}.${column}`;
}

/** Declared columns whose table this database has. One that no database has is the survey's finding. */
export async function columnsHere(subject: Subject): Promise<readonly FreshnessColumn[]> {
  const declared = subject.settings.freshness.filter(
    ({ database }) => (database ?? subject.database) === subject.database,
  );
  const found = await ask<{ readonly at: number }>(
    subject,
    `select at::int - 1 as at from unnest($1::text[]) with ordinality as declared (name, at) where to_regclass(name) is not null`,
    [declared.map(({ table }) => table)],
  );
  return found.map(({ at }) => declared[at] as FreshnessColumn);
}

async function newestOf(
  subject: Subject,
  { table, column }: FreshnessColumn,
): Promise<{ readonly value: string | null; readonly type: string }> {
  const [found] = await ask<{ readonly type: string; readonly relation: string }>(
    subject,
    `select t.typname as type, format('%I.%I', n.nspname, c.relname) as relation
       from pg_attribute a join pg_type t on t.oid = a.atttypid
       join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where a.attrelid = to_regclass($1) and a.attname = $2 and a.attnum > 0 and not a.attisdropped`,
    [table, column],
  );
  if (!found) throw new NotCovered(`${table} has no column ${column}`);
  const moment = moments[found.type];
  if (moment === undefined)
    throw new NotCovered(`${table}.${column} is of type ${found.type}, which is no timestamp or date`);
  const [newest] = await ask<{ readonly value: string | null }>(
    subject,
    `select to_char((${moment}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as value
       from (select max(${quoted(column)}) as v from ${found.relation} where isfinite(${quoted(column)})) as newest`,
  );
  return { value: newest?.value ?? null, type: found.type };
}

function hours(seconds: number): string {
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} hours` : `${Math.round(seconds / 86_400)} days`;
}
