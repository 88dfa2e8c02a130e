import type { FukugenError } from '../../core/errors.ts';

/** The next command to type, on a line of its own below what went wrong. */
export function nextText({ next }: FukugenError): string {
  return next === undefined ? '' : `\n    next: ${next}`;
}

/** For `--json`: the same fields wherever an error is told. */
export function errorJson({ code, message, next }: FukugenError) {
  return { code, message, next: next ?? null };
}
