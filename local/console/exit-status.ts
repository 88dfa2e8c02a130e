import type { ErrorCode } from '../../core/errors.ts';

/** Documented in docs/exit-codes.md and in every command's help; a number is never given a second meaning. */
export const exitStatus = {
  success: 0,
  /** A defect of this program; it prints a trace. */
  defect: 1,
  usage: 2,
  incomplete: 3,
  mismatch: 4,
  missing: 5,
  source: 6,
  store: 7,
  secret: 8,
  locked: 9,
  /** Found by arithmetic alone: `fukugen plan` touches nothing. */
  unmet: 10,
  /** 128 + SIGINT, as shells have it. */
  cancelled: 130,
} as const;

export const exitMeanings: readonly (readonly [number, string])[] = [
  [exitStatus.success, 'done, and everything is as it should be'],
  [exitStatus.defect, 'a defect of fukugen itself'],
  [exitStatus.usage, 'the command line or the policy is wrong; nothing was touched'],
  [exitStatus.incomplete, 'finished, but something is not in the backup; the output names it'],
  [exitStatus.mismatch, 'what is stored or restored is not what was recorded'],
  [exitStatus.missing, 'something needed is not there: a program, a source, a store, a generation'],
  [exitStatus.source, 'a source could not be read'],
  [exitStatus.store, 'a store could not be written or read'],
  [exitStatus.secret, 'a secret could not be found or was refused'],
  [exitStatus.locked, 'another run is at work'],
  [exitStatus.unmet, 'an objective of the policy cannot be met; the output says what would'],
  [exitStatus.cancelled, 'stopped on request'],
];

export function statusOf(code: ErrorCode): number {
  return code === 'policy' ? exitStatus.usage : exitStatus[code];
}
