import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { FukugenError } from '../../../core/errors.ts';
import { isSystemError, storeFailure } from '../../../local/system/store-failure.ts';

const system = (code: string) => Object.assign(new Error(`${code}: said the system`), { code, syscall: 'write' });

describe('given a write that the system refused', () => {
  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the disk quota is used up'],
    ['EROFS', 'the file system is read-only'],
    ['EACCES', 'no permission to write there'],
    ['EIO', 'the disk reports an error'],
    ['EFBIG', 'EFBIG: said the system'],
  ])('when it was %s, then it says "%s"', (code, words) => {
    const error = storeFailure(system(code), '/disk');
    expect(error).toMatchObject({ code: 'store', message: `/disk cannot be written: ${words}` });
    expect(error.next !== undefined).toBe(['ENOSPC', 'EDQUOT'].includes(code));
  });

  it('when it is an error of ours already, then it stays as it is', () => {
    const error = new FukugenError('locked', 'another run is at work');
    expect(storeFailure(error, '/disk')).toBe(error);
  });
});

describe('given an error', () => {
  it('then it is the system’s when it has a call, and a defect of ours otherwise', async () => {
    const real = await mkdir('/proc/nowhere').catch((error: unknown) => error);
    expect(isSystemError(real)).toBe(true);
    expect(isSystemError(new TypeError('of ours'))).toBe(false);
    expect(isSystemError('a text')).toBe(false);
  });
});
