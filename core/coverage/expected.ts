import { Duration } from '../policy/duration.ts';
import type { CloudPolicy, DatabasePolicy } from '../policy/schema.ts';

/** A figure of the policy, or one that was assumed because the policy gives none. */
export interface Figure<T> {
  readonly value: T;
  readonly assumed: boolean;
}

/** What is reckoned with for one database. */
export interface Expected {
  /** Data in use, GB as RDS counts them: GiB. @default - neither the policy nor a size of storage in it says */
  readonly data?: Figure<number>;
  /** GB written anew in a day. @default - the data is not known either */
  readonly dailyChange?: Figure<number>;
  readonly snapshot: Figure<Duration>;
  readonly copy: Figure<Duration>;
}

/**
 * Guesses, every one of them printed as such: AWS gives no durations, and nobody but the team knows its data.
 * A full disk is the most that its snapshots can hold.
 */
const assumption = {
  changeOfDataInADay: 0.05,
  snapshot: Duration.seconds(15 * 60),
  copy: Duration.seconds(45 * 60),
  /** A laptop's run, from the first byte read to the last store. */
  run: Duration.seconds(30 * 60),
};

export function expectedOf(database: DatabasePolicy): Expected {
  const { expected } = database;
  const storage = 'storage' in database ? database.storage.gibibytes : undefined;
  const data = figure(expected?.data?.gibibytes, storage);
  const change = data && data.value * assumption.changeOfDataInADay;
  const dailyChange = figure(expected?.dailyChange?.gibibytes, change);
  return {
    ...(data && { data }),
    ...(dailyChange && { dailyChange }),
    snapshot: figure(expected?.snapshot, assumption.snapshot),
    copy: figure(expected?.copy, assumption.copy),
  };
}

/** The policy says it, or nobody does: a bucket has no size to assume. */
export function expectedUploads({
  expected,
}: NonNullable<CloudPolicy['uploads']>): Pick<Expected, 'data' | 'dailyChange'> {
  const data = figure(expected?.data?.gibibytes, undefined);
  const dailyChange = figure(expected?.dailyChange?.gibibytes, data && data.value * assumption.changeOfDataInADay);
  return { ...(data && { data }), ...(dailyChange && { dailyChange }) };
}

export function expectedRunOf(expectedRun: Duration | undefined): Figure<Duration> {
  return figure(expectedRun, assumption.run);
}

function figure<T extends number | Duration>(given: T | undefined, assumed: T): Figure<T>;
function figure<T extends number | Duration>(given: T | undefined, assumed: T | undefined): Figure<T> | undefined;
function figure<T extends number | Duration>(given: T | undefined, assumed: T | undefined): Figure<T> | undefined {
  const value = given ?? assumed;
  return value === undefined ? undefined : { value, assumed: given === undefined };
}
