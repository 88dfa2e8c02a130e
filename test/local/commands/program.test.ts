import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '../../..');

it('given the command line, when its version is asked for, then it is that of the package', async () => {
  const { version } = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8'));
  const { stdout } = await promisify(execFile)(resolve(root, 'bin', 'fukugen'), ['--version']);
  expect(stdout).toBe(`${version}\n`);
});
