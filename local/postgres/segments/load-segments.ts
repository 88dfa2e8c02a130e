import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type Connection, withSession } from '../connection.ts';
import { dumpLayout, kindIn } from './layout.ts';
import type { Segment } from './splitter.ts';

/** Most segments come in one piece: joining pieces of Node's usual size would take as long again as decompressing them. */
const decompress = (compressed: Buffer) => promisify(zstdDecompress)(compressed, { chunkSize: 4 * 2 ** 20 });

/** Sessions that write at once. One more than keep two cores busy, so that the longest table does not run alone at the end. */
const lanes = 3;
/** Compressed bytes from which on a table is loaded by the session that is free first. */
const large = 4 * 2 ** 20;

interface Part {
  readonly kind: Segment['kind'];
  /** Absolute, in their order. */
  readonly files: readonly string[];
  /** Compressed bytes. */
  readonly size: number;
}

/** As a script of pg_dump has them; the settings of the role and of the database must not come in between. */
const settings = `
  set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0;
  set standard_conforming_strings = on; set check_function_bodies = false; set xmloption = content;
  set client_min_messages = warning; set row_security = off; set default_transaction_read_only = off;
  set synchronous_commit = off; select pg_catalog.set_config('search_path', '', false);
  select pg_catalog.set_config('client_encoding',
    case pg_catalog.current_setting('server_encoding') when 'SQL_ASCII' then 'SQL_ASCII' else 'UTF8' end, false)`;

/**
 * Fills a database, whose tables exist and have neither indexes nor triggers yet, with the rows, sequences and large objects of a dump.
 * By the driver and not by psql: psql would follow commands that a hostile server has put into names.
 *
 * @param dump - the folder of the dump
 * @param only - the tables whose rows are wanted, as `schema` and `name`; then no large object is loaded
 */
export async function loadSegments(
  target: Connection,
  dump: string,
  signal: AbortSignal,
  only?: (schema: string, name: string) => boolean,
): Promise<void> {
  const parts = await partsOf(join(dump, dumpLayout.data));
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const queue = inUnits(parts);
  const loading = Array.from({ length: Math.min(lanes, queue.length) }, () =>
    withSession(target, async (client) => {
      await client.query(settings);
      for (let unit = queue.shift(); unit; unit = queue.shift()) {
        for (const part of unit) {
          either.throwIfAborted();
          await load(client, part, either, only);
        }
      }
    }).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(loading);
  if (results.some(({ status }) => status === 'rejected')) throw signal.aborted ? signal.reason : failed.signal.reason;
}

async function partsOf(data: string): Promise<Part[]> {
  const parts: Part[] = [];
  for (const folder of (await readdir(data)).sort()) {
    const files = (await readdir(join(data, folder))).sort().map((name) => join(data, folder, name));
    let size = 0;
    for (const file of files) size += (await stat(file)).size;
    parts.push({ kind: kindIn(folder), files, size });
  }
  return parts;
}

/** Large tables one by one, the largest first; the rest together and in the dump's own order, since rows of an extension's tables may need others. */
function inUnits(parts: readonly Part[]): (readonly Part[])[] {
  const isLarge = ({ kind, size }: Part) => kind === 'table' && size >= large;
  const small = parts.filter((part) => !isLarge(part));
  const sizeOf = (unit: readonly Part[]) => unit.reduce((sum, { size }) => sum + size, 0);
  const units = [small, ...parts.filter(isLarge).map((part) => [part])];
  return units.filter((unit) => unit.length > 0).sort((a, b) => sizeOf(b) - sizeOf(a));
}

type Only = Parameters<typeof loadSegments>[3];

async function load(client: pg.Client, part: Part, signal: AbortSignal, only: Only): Promise<void> {
  if (part.kind === 'table') return loadTable(client, part, signal, only);
  if (part.kind === 'large-objects') {
    if (only) return;
    // Line by line complete statements, and gigabytes of them.
    for (const file of part.files) await client.query((await decompress(await readFile(file))).toString());
    return;
  }
  const texts: Buffer[] = [];
  for (const file of part.files) texts.push(await decompress(await readFile(file)));
  // Settings are above, and what is for psql alone begins with a backslash.
  const statements = Buffer.concat(texts)
    .toString()
    .replace(/^(?:SET |\\).*\n/gm, '');
  await client.query(statements);
}

async function loadTable(client: pg.Client, { files }: Part, signal: AbortSignal, only: Only): Promise<void> {
  const [first, ...others] = files as [string, ...string[]];
  const beginning = await decompress(await readFile(first));
  const rowsAt = beginning.indexOf(headerEnd) + headerEnd.length;
  const header = beginning.subarray(0, rowsAt).toString();
  if (only && !only(...tableIn(header))) return;
  async function* rows(): AsyncGenerator<Buffer> {
    let content: Buffer = beginning.subarray(rowsAt);
    for (const file of others) {
      // The next one is read while the server takes this one.
      const next = readFile(file).then(decompress);
      next.catch(() => {});
      yield* inPieces(content);
      content = await next;
    }
    // The mark at the end of a table is psql's; the protocol has one of its own.
    yield* inPieces(content.subarray(0, content.lastIndexOf(endMark)));
  }
  await pipeline(Readable.from(rows(), { objectMode: false }), client.query(copyFrom(header)), { signal });
}

/** Of `COPY public."Orders" (…) FROM stdin`, whatever comments stand before it. */
function tableIn(header: string): [string, string] {
  const match = /^COPY ("(?:[^"]|"")*"|[^".\s]+)\.("(?:[^"]|"")*"|[^"\s]+) /m.exec(header);
  const plain = (written = '') => (written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written);
  return [plain(match?.[1]), plain(match?.[2])];
}

/** The server takes a message whole before it begins with it. */
function* inPieces(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
}

const pieceBytes = 128 * 1024;
const endMark = '\\.\n';
const headerEnd = ' FROM stdin;\n';
