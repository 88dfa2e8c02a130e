import type { RecoveryPoint, WaitingCopy } from './host.ts';
import type { WatchedResource } from './inventory.ts';

/** What the recovery points of one resource in one vault say. Lengths of time are seconds. */
export interface Readings {
  readonly age: number;
  readonly count: number;
  readonly oldestAge: number;
  /** Percent of those that the plan has had time to make. */
  readonly missing: number;
  readonly bytes: number;
}

/**
 * @param points - completed ones
 * @param protectedSince - when the plan began to select the resource; the oldest point if not known
 * @param vaultSince - when the vault was made: what the age is counted from as long as there is no point at all
 */
export function readPoints(
  points: readonly RecoveryPoint[],
  { every, keep, due }: WatchedResource,
  { now, protectedSince, vaultSince }: { now: Date; protectedSince: Date | undefined; vaultSince: Date },
): Readings {
  const ages = points.map((point) => secondsBetween(point.createdAt, now));
  const newest = points.reduce<RecoveryPoint | undefined>(
    (best, point) => (!best || point.createdAt > best.createdAt ? point : best),
    undefined,
  );
  const none = secondsBetween(protectedSince ?? vaultSince, now);
  const oldestAge = ages.length > 0 ? Math.max(...ages) : 0;
  // Weekly and monthly generations live longer than the cadence's, and expiry is up to 8 hours late
  // (https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html): neither fills a gap.
  const withinKeep = ages.filter((age) => age <= keep).length;
  const elapsed = Math.min(keep, protectedSince ? secondsBetween(protectedSince, now) : oldestAge);
  // What is not yet due is not missing; this also leaves room for a slot or two that failed.
  const expected = Math.max(0, Math.floor((elapsed - due) / every));
  return {
    age: newest ? secondsBetween(newest.createdAt, now) : none,
    count: points.length,
    oldestAge,
    missing: expected === 0 ? 0 : (Math.max(0, expected - withinKeep) / expected) * 100,
    bytes: newest?.bytes ?? 0,
  };
}

/**
 * AWS Backup retries a copy that meets a system error for up to 2 hours, in the state CREATED, before its people step in
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html): no event says FAILED.
 */
const longestRetry = 2 * 3_600;

export function countStuck(copies: readonly WaitingCopy[], resourceArn: string, now: Date): number {
  return copies.filter((copy) => copy.resourceArn === resourceArn && secondsBetween(copy.createdAt, now) > longestRetry)
    .length;
}

/** Never negative: clocks differ by seconds. */
export function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, (to.getTime() - from.getTime()) / 1_000);
}
