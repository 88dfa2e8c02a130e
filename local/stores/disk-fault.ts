import type { FukugenError } from '../../core/errors.ts';
import { storeFailure } from '../system/store-failure.ts';

const faults = [
  [/no space left on device|file too big for remaining disk space/, 'ENOSPC'],
  [/disk quota exceeded/, 'EDQUOT'],
  [/read-only file system/, 'EROFS'],
  // Of a look only, a refusal says nothing about writing.
  [/^(?:Save\(|.*\bmkdir ).*permission denied/m, 'EACCES'],
  [/input\/output error/, 'EIO'],
] as const;

/**
 * What the disk says to a program that writes on it.
 *
 * @param where - begins the sentence, such as `the store offsite`
 * @param words - of the program
 * @returns `undefined` when it says nothing of the kind
 */
export function diskFault(where: string, words: string): FukugenError | undefined {
  const code = faults.find(([said]) => said.test(words))?.[1];
  return code && storeFailure(Object.assign(new Error(words), { code }), where);
}
