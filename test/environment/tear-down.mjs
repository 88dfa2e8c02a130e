import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';

/** What `set-up.mjs` made, and nothing else, should anyone have set TMPDIR since. */
export default async function tearDown() {
  const folder = tmpdir();
  if (basename(folder).startsWith('fukugen-jest-')) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
