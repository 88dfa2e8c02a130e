import { FukugenError } from '../../core/errors.ts';

/**
 * What is read of a repository that is too large to be read whole each time: part `number` of `of`, by restic's own division.
 * A random share would never reach everything (local-peers, section 4.2); parts by turns do, in as many runs as there are parts.
 */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

/** restic divides by the first byte of a pack's name. */
const most = 256;

export const usualParts = 7;

/** @throws FukugenError `usage` */
export function partsFrom(written: string): number {
  const parts = Number(written);
  if (/^\d+$/.test(written) && parts >= 1 && parts <= most) return parts;
  throw new FukugenError('usage', `--parts is ${written}, and must be a whole number from 1 to ${most}`, {
    next: `1 reads a repository whole in each run, ${usualParts} in ${usualParts} runs`,
  });
}

/**
 * The part whose turn it is. After another number of parts it begins anew: what the parts of the old division have covered
 * says nothing about the new ones.
 *
 * @param last - the one that was read last; `undefined` when none was
 */
export function nextPart(last: Part | undefined, of: number): Part {
  return { number: last?.of === of ? (last.number % of) + 1 : 1, of };
}
