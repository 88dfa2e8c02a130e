import type { DatabaseSync } from 'node:sqlite';
import { codeOf } from './database.ts';

/** What SQLite says of a database's own order. */
export interface SqliteCheck {
  /** `ok`, or that it could not be told and why; a damaged database is an entry of `damage`. */
  readonly integrity: string;
  readonly damage: readonly string[];
  /** Rows whose parent is missing, by table. */
  readonly orphans: readonly string[];
}

const shown = 10;

/** Reads the whole database. https://www.sqlite.org/pragma.html#pragma_integrity_check */
export function checkSqlite(database: DatabaseSync): SqliteCheck {
  return { ...checkIntegrity(database), orphans: checkForeignKeys(database) };
}

function checkIntegrity(database: DatabaseSync): Pick<SqliteCheck, 'integrity' | 'damage'> {
  try {
    const rows = database.prepare(`PRAGMA integrity_check(${shown})`).all() as unknown as { integrity_check: string }[];
    const damage = rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
    return { integrity: damage.length === 0 ? 'ok' : 'damaged', damage };
  } catch (error) {
    const { message } = error as Error;
    // Made by the program it belongs to, and known to that program alone: no damage, and no proof of health either.
    if (/no such (collation sequence|function|module)/.test(message))
      return { integrity: `could not be checked: ${message}`, damage: [] };
    if (codeOf(error) === undefined) throw error;
    return { integrity: 'damaged', damage: [message] };
  }
}

function checkForeignKeys(database: DatabaseSync): string[] {
  const orphans = new Map<string, number>();
  try {
    const rows = database.prepare('PRAGMA foreign_key_check').iterate() as Iterable<unknown>;
    for (const { table, parent } of rows as Iterable<{ table: string; parent: string }>) {
      const key = `${table} refers to ${parent}`;
      orphans.set(key, (orphans.get(key) ?? 0) + 1);
    }
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return [(error as Error).message];
  }
  return [...orphans].map(([key, count]) => `${key}, where ${count} ${count === 1 ? 'row is' : 'rows are'} missing`);
}
