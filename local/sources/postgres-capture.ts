import { hash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fingerprintDatabase, openSnapshot } from '../../core/integrity/index.ts';
import { type FileEntry, writeEntries } from '../generation/entry.ts';
import { type PostgresDetail, sourceLayout } from '../generation/manifest.ts';
import { recordTree } from '../generation/record-tree.ts';
import { writeDurably } from '../generation/recorded-file.ts';
import { composePrograms } from '../postgres/compose.ts';
import {
  type Connection,
  connectionOf,
  databaseOf,
  type PostgresPolicy,
  serverOf,
  withSession,
} from '../postgres/connection.ts';
import { readSettings } from '../postgres/database-shell.ts';
import { dumpDatabase } from '../postgres/dump.ts';
import { dumpGlobals } from '../postgres/globals.ts';
import { partOf, requireTables } from '../postgres/part.ts';
import { clientFor, type PostgresPrograms } from '../postgres/programs.ts';
import { dumpPath, globalsPath, settingsPath } from '../postgres/stored.ts';
import type { CaptureContext, Captured } from './source.ts';

/** How many of the largest tables a plan and a record name. */
export const largestShown = 5;

/** For dumping; a restore runs here, where the files are. */
export function dumpingClient(
  { compose }: PostgresPolicy,
  { config }: Connection,
  serverMajor: number,
): Promise<PostgresPrograms> {
  if (!compose) return clientFor(serverMajor);
  return composePrograms(compose, { user: String(config.user), database: String(config.database) });
}

/** Dump and fingerprint read the same exported snapshot, so that a restore can be held against exactly what was dumped. */
export async function capture(policy: PostgresPolicy, context: CaptureContext): Promise<Captured> {
  const connection = await connectionOf(policy);
  const data = join(context.folder, sourceLayout.data);
  await mkdir(data, { mode: 0o700 });
  return withSession(connection, async (client) => {
    const server = await serverOf(client);
    const programs = await dumpingClient(policy, connection, server.major);
    const snapshot = await openSnapshot(client);
    const part = partOf(policy);
    const chosen = part && (await requireTables(client, part, databaseOf(connection)));
    const settings = await readSettings(client);
    const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
    const encoding = rows[0]?.server_encoding ?? '';
    const { rows: sizes } = await client.query<{ size: string }>('SELECT pg_database_size(current_database()) AS size');
    // Sequences do not follow snapshots: they are read first, so that what is dumped is never behind what is recorded.
    const sequencesRead = Promise.withResolvers<void>();
    const fingerprinting = fingerprintDatabase(client, {
      onSequencesRead: sequencesRead.resolve,
      ...(chosen ? { tables: (name) => chosen.tables.has(name) } : {}),
      onTable: (_name, done, total) => context.progress.count(done, total, 'tables'),
      signal: context.signal,
    });
    await Promise.race([sequencesRead.promise, fingerprinting]);
    const [recorded, linked] = await together(
      fingerprinting,
      (signal) =>
        dumpDatabase({
          connection,
          programs,
          snapshot,
          encoding,
          without: chosen?.others,
          into: join(context.folder, dumpPath),
          earlier: context.earlier,
          signal,
        }),
      () => client.end(),
      context.signal,
    );
    await client.query('COMMIT');
    const problems = await dumpGlobals(connection, programs, join(context.folder, globalsPath), context.signal);

    await writeDurably(join(context.folder, settingsPath), `${JSON.stringify(settings, null, 2)}\n`);
    const text = `${JSON.stringify(recorded, null, 2)}\n`;
    await writeDurably(join(context.folder, sourceLayout.fingerprint), text);
    const files = await writeEntries(
      join(context.folder, sourceLayout.files),
      await recordTree(data, context.earlier, inDump(linked)),
    );
    const detail: PostgresDetail = {
      kind: 'postgres',
      database: recorded.database.name,
      serverVersion: recorded.server.version,
      serverMajor: recorded.server.major,
      clientVersion: programs.version,
      size: Number(sizes[0]?.size),
      largest: recorded.tables
        .toSorted((a, b) => b.bytes - a.bytes)
        .slice(0, largestShown)
        .map(({ schema, name, rows, bytes }) => ({ name: `${schema}.${name}`, rows, bytes })),
      ...(part ? { part } : {}),
      tables: recorded.tables.length,
      rows: recorded.tables.reduce((sum, table) => sum + table.rows, 0),
      fingerprint: hash('sha256', text),
    };
    return { kind: 'postgres', capturedAt: recorded.takenAt, files, problems, detail };
  });
}

/** Paths in the dump as paths in the source's data. */
function inDump(linked: ReadonlyMap<string, FileEntry>): Map<string, FileEntry> {
  return new Map([...linked].map(([path, entry]) => [join(relative(sourceLayout.data, dumpPath), path), entry]));
}

/** Dump and fingerprint at the same time; when one fails the other is stopped, and nothing still writes when the caller cleans up. */
async function together<T, D>(
  fingerprinting: Promise<T>,
  dump: (signal: AbortSignal) => Promise<D>,
  stopFingerprint: () => Promise<void>,
  signal: AbortSignal,
): Promise<[T, D]> {
  const failed = new AbortController();
  const dumping = dump(AbortSignal.any([signal, failed.signal]));
  let first: unknown;
  const remember = (error: unknown) => {
    first ??= error;
  };
  fingerprinting.catch((error) => {
    remember(error);
    failed.abort();
  });
  dumping.catch(async (error) => {
    remember(error);
    await stopFingerprint();
  });
  const [fingerprint, dumped] = await Promise.allSettled([fingerprinting, dumping]);
  if (fingerprint.status === 'rejected' || dumped.status === 'rejected') throw first;
  return [fingerprint.value, dumped.value];
}
