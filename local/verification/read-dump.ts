import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { FukugenError } from '../../core/errors.ts';
import { clientFor } from '../postgres/programs.ts';
import { dumpLayout, hashIn, kindIn } from '../postgres/segments/layout.ts';
import type { RunContext } from '../system/run-context.ts';
import { runProgram } from '../system/run-program.ts';
import { RowReader, rowsAt } from './read-rows.ts';

const decompress = promisify(zstdDecompress);

/**
 * Reads a dump to its end without a server: the archive by pg_restore, every segment through zstd and against the hash in its name,
 * every row of every table. A table of contents alone proves nothing: it stands in front (local-peers, section 4.1).
 *
 * @throws FukugenError `mismatch` when it is not readable, `missing` without a pg_restore that is new enough
 */
export async function readDump(dump: string, serverMajor: number, context: RunContext): Promise<void> {
  const { bin } = await clientFor(serverMajor);
  const archive = ['--exit-on-error', '--file=/dev/null', join(dump, dumpLayout.schema)];
  await runProgram(join(bin, 'pg_restore'), archive, { code: 'mismatch', signal: context.signal });
  const data = join(dump, dumpLayout.data);
  const folders = (await readdir(data)).sort();
  requireSequence(folders, 'the dump');
  let done = 0;
  for (const folder of folders) {
    await readPart(data, folder, context.signal);
    done += 1;
    context.progress.count(done, folders.length, 'parts of the dump read');
  }
}

async function readPart(data: string, folder: string, signal: AbortSignal): Promise<void> {
  const names = (await readdir(join(data, folder))).sort();
  if (names.length === 0) throw new FukugenError('mismatch', `${folder} holds no segment`);
  requireSequence(names, folder);
  let rows: RowReader | undefined;
  const require = (problem: string | undefined) => {
    if (problem !== undefined) throw new FukugenError('mismatch', `${folder} ${problem}`);
  };
  for (const [number, name] of names.entries()) {
    signal.throwIfAborted();
    const text = await readSegment(data, join(folder, name));
    if (kindIn(folder) !== 'table') continue;
    const start = number === 0 ? rowsAt(text) : 0;
    if (start === undefined) throw new FukugenError('mismatch', `${folder} does not begin with a COPY`);
    rows ??= new RowReader(text.subarray(0, start).toString());
    require(rows.push(text.subarray(start)));
  }
  require(rows?.end());
}

async function readSegment(data: string, path: string): Promise<Buffer> {
  const text = await decompress(await readFile(join(data, path))).catch((cause: Error) => {
    throw new FukugenError('mismatch', `${path} cannot be decompressed: ${cause.message}`, { cause });
  });
  const expected = hashIn(path);
  if (expected !== undefined && hash('sha256', text).startsWith(expected)) return text;
  throw new FukugenError('mismatch', `${path} does not hold the text that its name says`);
}

/** Names count from 0 without a gap. */
function requireSequence(names: readonly string[], where: string): void {
  const gap = names.findIndex((name, index) => !name.startsWith(`${String(index).padStart(6, '0')}-`));
  if (gap !== -1) throw new FukugenError('mismatch', `${where} lacks its part ${gap}: there is ${names[gap]} instead`);
}
