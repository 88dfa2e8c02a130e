import type { CheckResult } from '../../../../core/integrity/checks/check.ts';
import type { Check } from '../../../../core/integrity/checks/look.ts';
import { type RanCheck, runCheck } from '../../../../core/integrity/checks/run-check.ts';
import type { CheckSettings } from '../../../../core/integrity/checks/settings.ts';
import { drillChecks } from '../../../../core/policy/drills.ts';
import type { TestServer } from '../support.ts';

export interface RunOptions extends Partial<Omit<CheckSettings, 'checks'>> {
  readonly severity?: 'fail' | 'warn';
  readonly user?: string;
  /** Milliseconds. @default 60,000 */
  readonly time?: number;
}

/** Runs one check over one database of a real server. */
export async function ran(
  server: TestServer,
  database: string,
  check: Check,
  options: RunOptions = {},
): Promise<RanCheck> {
  const { severity = 'fail', user, time = 60_000, ...settings } = options;
  const checks = Object.fromEntries(Object.keys(drillChecks).map((name) => [name, severity]));
  return server.connected(
    database,
    (connection) =>
      runCheck(check, {
        connection,
        database,
        deadline: Date.now() + time,
        settings: { checks, freshness: [], own: [], asOf: '2026-11-01T00:00:00Z', ...settings },
      }),
    user,
  );
}

export async function resultOf(...given: Parameters<typeof ran>): Promise<CheckResult> {
  const { result } = await ran(...given);
  if (!result) throw new Error('the check is off');
  return result;
}

/** What a reader sees of a result: its outcome, and each finding as one line. */
export function summary({ outcome, findings, notCovered }: CheckResult) {
  return {
    outcome,
    findings: findings.map(({ object, text }) => `${object} ${text}`),
    ...(notCovered.length > 0 && { notCovered }),
  };
}
