import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '..');

test('package-lock.json names the optional packages of every platform; otherwise: node scripts/complete-lock.mjs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lock-'));
  try {
    const lock = await readFile(join(root, 'package-lock.json'), 'utf8');
    await writeFile(join(folder, 'package-lock.json'), lock);
    await promisify(execFile)(process.execPath, [
      join(root, 'scripts', 'complete-lock.mjs'),
      join(folder, 'package-lock.json'),
    ]);
    expect(JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'))).toEqual(JSON.parse(lock));
  } finally {
    await rm(folder, { recursive: true });
  }
});
