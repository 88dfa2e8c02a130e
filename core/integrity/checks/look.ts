import type { DrillCheck } from '../../policy/drills.ts';
import { refusal } from '../connection.ts';
import { isFatal } from '../savepoint.ts';
import type { NewestValue, TablePartFingerprint } from './batch.ts';
import { type CheckFinding, type CheckResult, mostFindings } from './check.ts';
import { OutOfTime, type Subject } from './subject.ts';

/** What a check saw, before anybody says what that means. */
export interface Look {
  /** The gravest first. */
  readonly findings: readonly CheckFinding[];
  readonly covered: number;
  readonly of: number;
  /** Names of what was not covered. */
  readonly notCovered: readonly string[];
  /** A sentence: what was looked at. */
  readonly text: string;
  /** Why something was not covered, each reason once. */
  readonly reasons?: readonly string[];
  /** There was nothing to look at. */
  readonly nothing?: boolean;
  /** Of `readable`. */
  readonly tables?: readonly TablePartFingerprint[];
  /** Of `freshness`. */
  readonly newest?: readonly NewestValue[];
}

/** One check of one database, or of some things in it. All have this shape. */
export interface Check {
  readonly check: DrillCheck;
  /** Of an own check. */
  readonly name?: string;
  look(subject: Subject): Promise<Look>;
}

/** Names of things that were not covered, in one result. */
const mostNames = 50;

/**
 * What a look comes to. A finding is as grave as the policy says; what was not covered is always `incomplete`, so that a check
 * that could not run never passes.
 */
export function conclude(
  { check, name }: Pick<Check, 'check' | 'name'>,
  severity: 'fail' | 'warn',
  database: string,
  look: Look,
  seconds: number,
): CheckResult {
  const reasons = look.reasons ?? [];
  return {
    check,
    ...(name !== undefined && { name }),
    database,
    outcome: outcomeOf(look, severity),
    text: reasons.length === 0 ? look.text : `${look.text}; not covered: ${reasons.slice(0, 3).join('; ')}`,
    findings: look.findings.slice(0, mostFindings),
    more: Math.max(0, look.findings.length - mostFindings),
    covered: look.covered,
    of: look.of,
    notCovered: look.notCovered.slice(0, mostNames),
    seconds,
  };
}

function outcomeOf(
  { findings, covered, of, notCovered, nothing }: Look,
  severity: 'fail' | 'warn',
): CheckResult['outcome'] {
  if (findings.length > 0 && severity === 'fail') return 'failed';
  if (notCovered.length > 0 || covered < of) return 'incomplete';
  if (findings.length > 0) return 'warned';
  return nothing ? 'skipped' : 'passed';
}

/** What the server refused, without a value of any row: data exceptions (22) and broken constraints (23) quote those. */
export function said(error: unknown): string {
  const { code, text } = refusal(error);
  return /^2[23]/.test(code) ? `the server reported error ${code}` : `the server said: ${text}`;
}

/** Why something was not covered. */
export function reasonOf(error: unknown): string {
  return error instanceof OutOfTime || error instanceof NotCovered ? error.message : said(error);
}

/** SQLSTATEs of damage: https://www.postgresql.org/docs/current/errcodes-appendix.html, class XX, and of an unreadable file, class 58. */
export function isDamage(error: unknown): boolean {
  return /^(XX|58)/.test(refusal(error).code);
}

/** Something that this check cannot look at, and why. */
export class NotCovered extends Error {
  override readonly name = 'NotCovered';
}

/** What the connection's own end throws is nobody's finding. */
export function rethrowFatal(error: unknown): void {
  if (error instanceof OutOfTime || error instanceof NotCovered) return;
  if (isFatal(refusal(error).code)) throw error;
}

/**
 * Looks at one thing after another. Damage that the server reports is a finding; what it refuses otherwise, and all that is left when
 * the time is over, is not covered. Only the end of the connection itself ends the look.
 */
export async function lookAtEach<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  look: (item: Item) => Promise<readonly CheckFinding[]>,
): Promise<Omit<Look, 'text'>> {
  const findings: CheckFinding[] = [];
  const notCovered: string[] = [];
  const reasons = new Set<string>();
  for (const [at, item] of items.entries()) {
    try {
      findings.push(...(await look(item)));
    } catch (error) {
      rethrowFatal(error);
      if (error instanceof OutOfTime) {
        notCovered.push(...items.slice(at).map(nameOf));
        reasons.add(error.message);
        break;
      }
      if (isDamage(error)) findings.push({ object: nameOf(item), text: said(error) });
      else {
        notCovered.push(nameOf(item));
        reasons.add(reasonOf(error));
      }
    }
  }
  return {
    findings,
    covered: items.length - notCovered.length,
    of: items.length,
    notCovered: [...new Set(notCovered)],
    reasons: [...reasons],
  };
}
