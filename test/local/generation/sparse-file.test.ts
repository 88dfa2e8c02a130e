import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { copySparse, isSparse } from '../../../local/generation/sparse-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-sparse-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('given any bytes with runs of zeros', () => {
  it('when they are copied with holes, then they read the same', async () => {
    const run = fc.record({ zero: fc.boolean(), length: fc.integer({ min: 0, max: 300_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(run, { maxLength: 6 }), async (runs) => {
        const bytes = Buffer.concat(runs.map(({ zero, length }) => Buffer.alloc(length, zero ? 0 : 7)));
        const [from, to] = [join(folder, 'from'), join(folder, 'to')];
        await rm(to, { force: true });
        const file = await open(from, 'w');
        await file.writeFile(bytes);
        await file.close();
        await copySparse(from, to, bytes.length);
        expect((await readFile(to)).equals(bytes)).toBe(true);
        expect((await stat(to)).blocks).toBeLessThanOrEqual((await stat(from)).blocks + 8);
      }),
      { numRuns: 40 },
    );
  });
});

describe('given what the system tells of a file', () => {
  it.each([
    [{ size: 10_000, blocks: 24 }, false],
    [{ size: 10_000, blocks: 8 }, true],
    [{ size: 0, blocks: 0 }, false],
    // So small a file may lie in the folder itself.
    [{ size: 100, blocks: 0 }, false],
  ])('when it is %j, then it is sparse: %j', (stats, expected) => {
    expect(isSparse(stats)).toBe(expected);
  });
});
