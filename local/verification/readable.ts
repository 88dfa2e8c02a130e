import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { FukugenError } from '../../core/errors.ts';
import { readEntries } from '../generation/entry.ts';
import { type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { checkSqlite } from '../sqlite/check.ts';
import { openCopy, withDatabase } from '../sqlite/database.ts';
import type { RunContext } from '../system/run-context.ts';
import { allFiles, type Result } from './finding.ts';
import { readDump } from './read-dump.ts';

/** Reads what is in the files of a source to its end, by its kind; what the content should be is not asked here. */
export async function verifyReadable(folder: string, record: SourceRecord, context: RunContext): Promise<Result> {
  try {
    const entries = await readEntries(join(folder, sourceLayout.files), record.files);
    const what = await readContent(folder, record, context);
    return { verdict: 'proven', text: `${what} read to the end`, portion: allFiles(entries) };
  } catch (error) {
    // A damaged SQLite database is a `source` in the words of its own module.
    if (error instanceof SyntaxError) return { verdict: 'failed', text: `a record in it is no JSON: ${error.message}` };
    if (!(error instanceof FukugenError) || !['mismatch', 'source'].includes(error.code)) throw error;
    return { verdict: 'failed', text: error.message };
  }
}

async function readContent(folder: string, { detail }: SourceRecord, context: RunContext): Promise<string> {
  const data = join(folder, sourceLayout.data);
  switch (detail.kind) {
    case 'postgres':
      JSON.parse(await readFile(join(folder, sourceLayout.fingerprint), 'utf8'));
      JSON.parse(await readFile(join(data, 'settings.json'), 'utf8'));
      await readDump(join(data, 'dump'), detail.serverMajor, context);
      return 'the dump and every row in it:';
    case 'sqlite': {
      JSON.parse(await readFile(join(data, 'fingerprint.json'), 'utf8'));
      const file = join(data, 'database.sqlite');
      const { damage } = await withDatabase(openCopy(file), file, async (database) => checkSqlite(database));
      if (damage.length > 0) throw new FukugenError('mismatch', `the database is damaged: ${damage.join('; ')}`);
      return 'the database, every page by integrity_check:';
    }
    case 'command':
      await readOutput(join(data, detail.stored), context.signal);
      return 'what the program printed:';
    default:
      return 'the list of files, and each of them:';
  }
}

async function readOutput(file: string, signal: AbortSignal): Promise<void> {
  if (!file.endsWith('.zst')) return;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(createReadStream(file), createZstdDecompress(), nowhere, { signal }).catch((cause: Error) => {
    if (signal.aborted) throw signal.reason;
    throw new FukugenError('mismatch', `the output cannot be decompressed: ${cause.message}`, { cause });
  });
}
