import type { CheckResult } from './check.ts';
import { type Check, conclude, type Look, reasonOf, rethrowFatal } from './look.ts';
import type { Subject } from './subject.ts';

/** What a check came to, with what it read on the way. `result` is absent where the check is off. */
export interface RanCheck extends Pick<Look, 'tables' | 'newest'> {
  readonly result?: CheckResult;
}

/**
 * Runs one check. One that could not run is incomplete, and says why.
 *
 * @throws what ended the connection
 */
export async function runCheck(check: Check, subject: Subject): Promise<RanCheck> {
  const began = Date.now();
  const look = await check.look(subject).catch((error): Look => {
    rethrowFatal(error);
    const why = reasonOf(error);
    return {
      findings: [],
      covered: 0,
      of: 1,
      notCovered: [subject.database],
      reasons: [why],
      text: 'it could not run',
    };
  });
  const severity = subject.settings.checks[check.check];
  const seconds = Math.round((Date.now() - began) / 100) / 10;
  return {
    ...(severity && { result: conclude(check, severity, subject.database, look, seconds) }),
    ...(look.tables && { tables: look.tables }),
    ...(look.newest && { newest: look.newest }),
  };
}
