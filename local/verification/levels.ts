import { FukugenError } from '../../core/errors.ts';

/**
 * What `fukugen verify` can prove, each level with all before it:
 *
 * - `bytes`: every stored file has the SHA-256 that was recorded
 * - `readable`: what is in the files can be read to its end: archives, compressed text, rows, databases
 * - `restorable`: a sample of the files, and every database, were restored into a throwaway place
 * - `identical`: all of it was restored, and its content is what was recorded when it was backed up
 */
export const levels = ['bytes', 'readable', 'restorable', 'identical'] as const;

export type Level = (typeof levels)[number];

/** @throws FukugenError `usage` naming the levels there are */
export function levelFrom(written: string): Level {
  const level = levels.find((candidate) => candidate === written);
  if (level) return level;
  throw new FukugenError('usage', `there is no level ${written}; there is ${levels.join(', ')}`, {
    next: 'fukugen verify --help says what each of them proves',
  });
}

/** A level and those that it includes, in their order. */
export function levelsUpTo(level: Level): readonly Level[] {
  return levels.slice(0, levels.indexOf(level) + 1);
}
