import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { FukugenError } from '../../core/errors.ts';
import type { EarlierTree } from '../generation/capture-tree.ts';
import type { FileEntry } from '../generation/entry.ts';
import { programOutput } from '../system/run-program.ts';
import { isSystemError, storeFailure } from '../system/store-failure.ts';
import type { Table } from './choose-tables.ts';
import type { Connection } from './connection.ts';
import { commandOf, type PostgresPrograms } from './programs.ts';
import { dumpLayout, readme } from './segments/layout.ts';
import { writeSegments } from './segments/write-segments.ts';

export interface Dump {
  readonly connection: Connection;
  readonly programs: PostgresPrograms;
  /** Exported by another session: the same rows that its fingerprint counts. */
  readonly snapshot: string;
  /** Of the database, as the server calls it. */
  readonly encoding: string;
  /** Tables whose rows are left out, and large objects with them. @default - the whole database */
  readonly without?: readonly Table[] | undefined;
  /** Must not exist. */
  readonly into: string;
  /** The generation before, whose segments are linked where the text is the same. */
  readonly earlier: EarlierTree | undefined;
  readonly signal: AbortSignal;
}

/**
 * Dumps a database: everything but rows as an archive for pg_restore, rows in segments that are stored once however many generations
 * hold them (docs/adr/0010-stored-form-of-dumps.md). Both are pg_dump's own work, in one snapshot.
 *
 * @returns what is linked to the generation before, by its path in the dump, as it was recorded there
 * @throws FukugenError `source`, or `store` when the disk is full
 */
export async function dumpDatabase({
  into,
  earlier,
  encoding,
  without,
  ...dump
}: Dump): Promise<ReadonlyMap<string, FileEntry>> {
  await mkdir(into, { mode: 0o700 });
  await writeFile(join(into, dumpLayout.readme), readme, { mode: 0o600 });
  const failed = new AbortController();
  const signal = AbortSignal.any([dump.signal, failed.signal]);
  const schema = pgDump(
    { ...dump, signal },
    ['--format=custom', '--section=pre-data', '--section=post-data'],
    async (output) => {
      // Not by pg_dump itself, which may run in a container that does not see this folder.
      const file = createWriteStream(join(into, dumpLayout.schema), { mode: 0o600, flags: 'wx' });
      await pipeline(output, file).catch((cause) => {
        throw isSystemError(cause) ? storeFailure(cause, 'the store') : cause;
      });
    },
  );
  // UTF-8 whatever the database has, so that the text around the rows is readable here; bytes of an unknown encoding are left alone.
  const utf8 = encoding === 'SQL_ASCII' ? [] : ['--encoding=UTF8'];
  let linked: ReadonlyMap<string, FileEntry> = new Map();
  const part = without ? ['--no-blobs', ...without.map((table) => `--exclude-table-data=${exactly(table)}`)] : [];
  const data = pgDump({ ...dump, signal }, ['--format=plain', '--section=data', ...utf8, ...part], async (output) => {
    linked = await writeSegments(output, into, earlier);
  });
  const first = await Promise.race([settled(schema), settled(data)]);
  if (first !== undefined) failed.abort();
  await Promise.allSettled([schema, data]);
  if (first !== undefined) throw first;
  await Promise.all([schema, data]);
  return linked;
}

/** In quotes nothing is a pattern: https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-PATTERNS */
function exactly({ schema, name }: Table): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
}

async function settled(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** @param consume - reads its output */
async function pgDump(
  { connection, programs, snapshot, signal }: Pick<Dump, 'connection' | 'programs' | 'snapshot' | 'signal'>,
  args: readonly string[],
  consume: (output: Readable) => Promise<void>,
): Promise<void> {
  const common = [
    `--snapshot=${snapshot}`,
    '--no-password',
    // A migration that holds a lock for hours should fail the backup, not hang it.
    '--lock-wait-timeout=300s',
  ];
  try {
    const [program, ...prefix] = commandOf(programs, 'pg_dump');
    const options = { environment: connection.environment, signal };
    await programOutput(program, [...prefix, ...args, ...common], options, consume);
  } catch (error) {
    // pg_dump has one exit status for everything, so its words must do.
    if (error instanceof FukugenError && /No space left on device/.test(error.message)) {
      throw new FukugenError('store', 'the store cannot be written: the disk is full', {
        cause: error,
        next: 'free some space or name another store; earlier generations are untouched',
      });
    }
    throw error;
  }
}
