import { isNativeError } from 'node:util/types';
import { FukugenError } from '../../core/errors.ts';

const sentences: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'no permission to write there',
  EIO: 'the disk reports an error',
};

/** A failed write in words; the earlier generations are never what was being written. */
export function storeFailure(cause: unknown, where: string): FukugenError {
  if (cause instanceof FukugenError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new FukugenError('store', `${where} cannot be written: ${(code && sentences[code]) || message}`, {
    cause,
    next: full ? 'free some space or name another store; earlier generations are untouched' : undefined,
  });
}

/** Whether the operating system refused a call, which is no defect of ours. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  // Not `instanceof`: the system's errors are made outside of a test runner's or a plug-in's own context.
  return isNativeError(error) && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
