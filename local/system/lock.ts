import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FukugenError } from '../../core/errors.ts';
import { storeFailure } from './store-failure.ts';

/**
 * One writer at a time. The lock is SQLite's own, which the kernel releases when the process ends, however it ends:
 * a killed run never leaves a lock that needs a person. The owner's name stands beside it for the message only.
 */
export interface Lock extends AsyncDisposable {
  release(): Promise<void>;
}

/** SQLITE_FULL, https://www.sqlite.org/rescode.html#full */
const sqliteFull = 13;

/**
 * @param folder - created when missing
 * @throws FukugenError `locked` naming the owner, `store` when the folder cannot be written
 */
export async function acquireLock(folder: string, purpose: string): Promise<Lock> {
  const ownerFile = join(folder, 'owner.json');
  let database: DatabaseSync;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(join(folder, 'lock'));
  } catch (cause) {
    throw storeFailure(cause, folder);
  }
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if ((cause as { errcode?: number }).errcode === sqliteFull) {
      throw new FukugenError('store', `${folder} cannot be written: the disk is full`, {
        cause,
        next: 'free some space and run again; nothing was changed',
      });
    }
    if (!/locked/.test((cause as Error).message)) {
      throw new FukugenError('store', `${folder} cannot be locked: ${(cause as Error).message}`, { cause });
    }
    throw new FukugenError('locked', `another run is at work here: ${await describeOwner(ownerFile)}`, {
      next: 'wait for it to end and run again; the lock goes with its process',
    });
  }
  const owner = { process: process.pid, host: hostname(), purpose, since: new Date().toISOString() };
  await writeFile(ownerFile, JSON.stringify(owner), { mode: 0o600 }).catch(() => {
    // A full disk must not keep a run from saying so in its own words later.
  });
  const release = async () => {
    await rm(ownerFile, { force: true });
    database.close();
  };
  return { release, [Symbol.asyncDispose]: release };
}

async function describeOwner(file: string): Promise<string> {
  try {
    const owner = JSON.parse(await readFile(file, 'utf8')) as {
      process: number;
      host: string;
      purpose: string;
      since: string;
    };
    return `${owner.purpose}, process ${owner.process} on ${owner.host}, since ${owner.since}`;
  } catch {
    return 'its name is not known';
  }
}
