import { readFileSync } from 'node:fs';
import { retention } from '../../core/policy/retention.ts';
import { retain } from '../../core/retention/index.ts';

/**
 * Decides about histories in a process of its own, since the time zone of a process is for all of it:
 * from `[{ moments, retention }, …]` on standard input to the kept moments of each on standard output.
 */
const questions = JSON.parse(readFileSync(0, 'utf8')) as readonly { moments: readonly string[]; retention: unknown }[];
const answers = questions.map(({ moments, retention: rules }) => {
  const { kept } = retain(moments, retention.parse(rules), (moment) => new Date(moment));
  return kept.map(({ item }) => item);
});
process.stdout.write(JSON.stringify(answers));
