import type { FukugenError } from '../../core/errors.ts';

/** The next command to type, on a line of its own below what went wrong. */
export function nextText({ next }: FukugenError): string {
  return next === undefined ? '' : `\n    next: ${next}`;
}
