import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { connectionOf, databaseOf, withSession } from '../postgres/connection.ts';
import { dropDatabase } from '../postgres/swap-database.ts';
import type { Source } from '../sources/index.ts';
import { companions } from '../sqlite/swap.ts';
import { removeTree } from '../system/folders.ts';
import type { InPlaceRestore } from './journal.ts';
import { isTaken, maintenanceOf } from './put-back.ts';

/** Something that a restore made beside a source, or moved out of its way. */
export interface Leftover {
  readonly source: string;
  /** A database, or an absolute path. */
  readonly name: string;
  readonly what: 'what was there before a restore' | 'restored to a new place';
  /** Why it stays; empty when it may go. */
  readonly needed: string;
}

/** What lies beside a source under names that a restore gives, the newest first. */
export async function leftoversOf(source: Source, records: readonly InPlaceRestore[]): Promise<Leftover[]> {
  const last = records.find((record) => record.source === source.name && record.stage !== 'abandoned');
  const undoable = last?.stage === 'undone' ? [] : (last?.replaced ?? []);
  const found: Leftover[] = [];
  for (const live of await livesOf(source)) {
    const isThere = await isTaken(source, live);
    for (const name of (await besides(source, live)).toSorted(byMoment)) {
      const needed = !isThere
        ? `${live} is not there: this may be all that is left of it`
        : undoable.some(({ kept }) => kept === name)
          ? `fukugen undo ${source.name} goes back to it`
          : '';
      const what = isKept(name) ? 'what was there before a restore' : 'restored to a new place';
      found.push({ source: source.name, name, what, needed });
    }
  }
  return found;
}

/** @throws FukugenError `source` when a database is in use */
export async function removeLeftover(source: Source, { name }: Leftover): Promise<void> {
  if (source.kind === 'postgres') return dropDatabase(await maintenanceOf(source), name);
  for (const path of [name, ...(source.kind === 'sqlite' ? companions.map((suffix) => name + suffix) : [])])
    await removeTree(path);
}

/** The names under which a source is live. */
async function livesOf(source: Source): Promise<string[]> {
  const real = (path: string) => realpath(path).catch(() => path);
  switch (source.kind) {
    case 'postgres':
      return [databaseOf(await connectionOf(source.settings))];
    case 'directory':
      return [source.settings.path];
    case 'sqlite':
      return [await real(source.settings.path)];
    case 'command':
      return [source.settings.output];
    case 'files':
      return Promise.all(source.settings.files.map(({ path }) => real(path)));
  }
}

const databaseForm = /^(.*)_(?:restored|before)_\d{8}t\d{6}$/s;
const pathForm = /^(.*)\.(?:restored|before)-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/s;

/** PostgreSQL's limit for a name, in bytes: the beginning of a long one was cut to make room for the suffix. */
const longestName = 63;

async function besides(source: Source, live: string): Promise<string[]> {
  if (source.kind === 'postgres') {
    const { rows } = await withSession(await maintenanceOf(source), (client) =>
      client.query<{ name: string }>('SELECT datname AS name FROM pg_catalog.pg_database WHERE NOT datistemplate'),
    );
    return rows
      .map(({ name }) => name)
      .filter((name) => {
        const base = databaseForm.exec(name)?.[1];
        // A letter of up to four bytes was cut whole.
        const wasCut = Buffer.byteLength(name) > longestName - 4;
        return base !== undefined && (base === live || (wasCut && live.startsWith(base)));
      });
  }
  const folder = dirname(live);
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => pathForm.exec(name)?.[1] === basename(live)).map((name) => join(folder, name));
}

function isKept(name: string): boolean {
  return /(?:_before_|\.before-)[^/]{15,24}$/.test(name);
}

function byMoment(a: string, b: string): number {
  return momentIn(a) < momentIn(b) ? 1 : -1;
}

function momentIn(name: string): string {
  return name.slice(name.search(/[\dt]{15}$|[-\dTZ]{24}$/));
}
