import { stderr, stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { FukugenError } from '../../core/errors.ts';

/**
 * Asks before anything that someone may regret.
 *
 * @throws FukugenError `usage` when nobody is there to ask, before anything has happened; `cancelled` at Ctrl-C and Ctrl-D
 */
export async function confirm(question: string): Promise<boolean> {
  requireSomeone();
  const prompt = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
  } catch (cause) {
    if ((cause as Error).name !== 'AbortError') throw cause;
    // What is said next does not begin behind the question.
    stderr.write('\n');
    throw new FukugenError('cancelled', 'stopped on request; nothing was changed', { cause });
  } finally {
    prompt.close();
  }
}

/** Called before long work that will end in a question. */
export function requireSomeone(): void {
  if (stdin.isTTY) return;
  throw new FukugenError('usage', 'this asks before it changes anything, and nobody is there to answer', {
    next: 'add --yes to go ahead',
  });
}
