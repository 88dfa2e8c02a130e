import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** Names that a program which quotes, splits, normalises or trims gets wrong. */
export const strangeNames = [
  'with space',
  ' leading and trailing ',
  'new\nline',
  'carriage\rreturn',
  'tab\there',
  'quote"double',
  "quote'single",
  'back\\slash',
  '日本語のメモ.md',
  // The same letters composed and decomposed: two names on Linux.
  'か\u3099.txt',
  'が.txt',
  '-rf',
  '--help',
  '-',
  'line\u2028separator',
  '\ufeffbyte order mark',
  '*',
  '?[a]{b,c}',
  '$(id)',
  '%2e%2e',
  '...',
  '..dots',
  '.hidden',
  '#comment',
  '!negated',
  '😀.txt',
  '__proto__',
  'constructor',
  `${'長'.repeat(85)}`,
];

/** Every kind of thing that a folder may hold, with names, permissions and times of every kind. */
export async function writeStrangeFiles(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of strangeNames) {
    const inside = join(folder, 'names', name);
    await mkdir(inside, { recursive: true });
    await writeFile(join(inside, name), name);
  }
  await mkdir(join(folder, 'empty', 'within'), { recursive: true });
  await writeFile(join(folder, 'nothing.txt'), '');
  await symlink('nothing.txt', join(folder, 'link to a file'));
  await symlink('empty', join(folder, 'link to a folder'));
  await symlink('/nowhere/at all', join(folder, 'dangling link'));
  await symlink('.', join(folder, 'link to itself'));
  for (const mode of [0o400, 0o444, 0o600, 0o644, 0o755, 0o777, 0o4755, 0o2644]) {
    const file = join(folder, `mode ${mode.toString(8)}`);
    await writeFile(file, mode.toString(8));
    await chmod(file, mode);
  }
  for (const moment of ['1970-01-01T00:00:01Z', '1999-12-31T23:59:59.999Z', '2040-02-29T12:00:00.5Z']) {
    const file = join(folder, `time ${moment}`);
    await writeFile(file, moment);
    await utimes(file, new Date(moment), new Date(moment));
  }
  const locked = join(folder, 'read-only folder');
  await mkdir(locked);
  await writeFile(join(locked, 'inside'), 'inside');
  await utimes(locked, new Date('2001-01-01'), new Date('2001-01-01'));
  await chmod(locked, 0o555);
}

/** A pipe that nobody writes to and a socket: a program that opens one waits for ever. */
export async function makeSpecialFiles(folder: string): Promise<Server> {
  execFileSync('sh', ['-c', 'mkfifo "$0"', join(folder, 'a pipe')]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 'a socket'), resolve));
  return server;
}
