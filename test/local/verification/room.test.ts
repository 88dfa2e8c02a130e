import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import type { SourceRecord } from '../../../local/generation/manifest.ts';
import { requireRoom, roomFor } from '../../../local/verification/room.ts';

const record = (detail: object) => ({ files: { bytes: 100 }, detail }) as SourceRecord;

describe('given a restore for a proof', () => {
  it.each([
    [{ kind: 'directory' }, 100],
    [{ kind: 'sqlite' }, 100],
    [{ kind: 'command', bytes: 5_000 }, 5_000],
    [{ kind: 'postgres', size: 7 }, 7 + 128 * 2 ** 20],
  ])('when it is of %j, then it needs %d bytes', (detail, bytes) => {
    expect(roomFor(record(detail))).toBe(bytes);
  });

  it('when there is room, then it goes on', async () => {
    await expect(requireRoom(1, 'app')).resolves.toBeUndefined();
  });

  it('when there is none, then one sentence says how much it needs and how much there is, before anything is restored', async () => {
    await expect(requireRoom(5e18, 'app')).rejects.toMatchObject({
      code: 'store',
      message: expect.stringMatching(
        new RegExp(`^restoring app for a proof needs about 5000000 TB, and ${tmpdir()} has [\\d.]+ [kMGT]?B free$`),
      ),
      next: expect.stringContaining('TMPDIR'),
    });
  });
});
