import { counted } from '../../counted.ts';
import type { DatabaseFingerprint } from '../fingerprint.ts';
import type { CheckResult } from './check.ts';
import { againstFormer, type Fingerprints, type Restored } from './former.ts';
import { extensionFindings } from './steady-things.ts';

/** Extensions of the last evidence that are missing, or have another version. Another version of the server brings its own versions of them. */
export function formerExtensions(
  previous: Fingerprints | undefined,
  restored: Restored,
  severity: 'fail' | 'warn',
): CheckResult[] {
  if (!previous) return [];
  return againstFormer('extensions', severity, Object.keys(previous).sort(), restored, (database, found) => {
    const then = previous[database] as DatabaseFingerprint;
    // An upgrade between two drills brings its own versions.
    const isUpgraded = then.server.version !== found.server.version;
    const findings = [...extensionFindings(then, found)].filter(({ text }) => !isUpgraded || text === 'is missing');
    const of = then.extensions.length;
    return {
      findings,
      covered: of,
      of,
      notCovered: [],
      text: `${counted(of, 'extension')} of the last evidence looked up`,
    };
  });
}
