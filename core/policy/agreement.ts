import { type CadencePolicy, cadence as cadenceForm } from './cadence.ts';
import { minutesOfDay } from './clock.ts';
import { type DatabasePolicy, windows } from './databases.ts';
import { Duration } from './duration.ts';
import { kindOf } from './traits.ts';
import type { LockPolicy, Place } from './vaults.ts';
import { windowMistakes } from './windows.ts';

/** The parts of a cloud policy that have to fit together. */
interface Parts extends Readonly<Record<Place, PlacePart>> {
  readonly account?: string | undefined;
  readonly cadence: CadencePolicy;
  readonly databases: Readonly<Record<string, DatabasePolicy>>;
}

interface PlacePart {
  readonly region?: string;
  readonly account?: string | undefined;
  readonly lock: LockPolicy;
}

/** What is wrong with a value beside another one. */
export interface Disagreement {
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * Where the parts of a cloud policy, each right by itself, do not fit together. Looked at even when some of them are wrong,
 * so that all mistakes come at once: what is not a value of its type here is left to its own mistake.
 *
 * @param now - windows are compared in its year and the next
 */
export function disagreements(cloud: Parts | null, now: Date = new Date()): Disagreement[] {
  if (!cloud) return [];
  const databases = Object.entries(cloud.databases ?? {}).flatMap(([name, database]) =>
    [...aboutRetention(cloud, database), ...aboutCopies(cloud, database), ...aboutKey(cloud, database)].map(
      ({ path, message }) => ({
        path: ['databases', name, ...path],
        message,
      }),
    ),
  );
  return [
    ...databases,
    ...aboutWindows(cloud, now),
    ...aboutGenerations(cloud),
    ...aboutLock(cloud, 'primary'),
    ...aboutLock(cloud, 'replica'),
    ...aboutAccounts(cloud),
  ];
}

function aboutRetention({ cadence }: Parts, database: DatabasePolicy): Disagreement[] {
  if (!database || kindOf(database) !== 'cluster') return [];
  const { automatedBackupRetention: retention } = database;
  const keep = cadence?.keep;
  if (!areDurations(retention, keep) || retention.days >= keep.days + 1) return [];
  const remedy =
    keep.days < 35
      ? `write at least "${keep.days + 1}d"`
      : 'Aurora keeps 35d at most, so let the cadence keep "34d" at most';
  return [
    {
      path: ['automatedBackupRetention'],
      message: `Aurora charges for a snapshot in full once automated backups no longer reach as far back, and "${retention}" is not a day more than cadence.keep "${keep}"; ${remedy}`,
    },
  ];
}

/** Of the databases whose own windows are written rightly, beside a cadence that is. */
function aboutWindows({ cadence, databases }: Parts, now: Date): Disagreement[] {
  if (!dividesDay(cadence?.every) || !areDurations(cadence.startWindow)) return [];
  const { startsAt, timezone } = cadenceForm.shape;
  if (!startsAt.safeParse(cadence.startsAt).success || !timezone.safeParse(cadence.timezone).success) return [];
  const legible = Object.entries(databases ?? {}).filter(
    ([, one]) =>
      windows.backupWindow.safeParse(one?.backupWindow).success &&
      windows.maintenanceWindow.safeParse(one?.maintenanceWindow).success,
  );
  return windowMistakes({ cadence, databases: Object.fromEntries(legible) }, now);
}

function aboutCopies({ cadence }: Parts, database: DatabasePolicy): Disagreement[] {
  if (!database || database.kind === 'instance') return [];
  const { copyEvery } = database;
  const every = cadence?.every;
  if (!copyEvery || !areDurations(copyEvery) || !dividesDay(every)) return [];
  const fits = (minutes: number) => minutes % every.minutes === 0 && minutesOfDay % minutes === 0;
  if (fits(copyEvery.minutes)) return [];
  const right = Array.from({ length: 24 }, (_, index) => (index + 1) * every.minutes)
    .filter(fits)
    .map((minutes) => `"${minutes === minutesOfDay ? '24h' : Duration.seconds(minutes * 60)}"`);
  return [
    {
      path: ['copyEvery'],
      message: `must divide a day and be a multiple of cadence.every "${every}": write ${right.join(' or ')}`,
    },
  ];
}

/**
 * A copy to another account is read with the key of the database itself, so it has to be one that can be shared
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html). A declared database has such a key.
 */
function aboutKey({ primary, replica }: Parts, database: DatabasePolicy): Disagreement[] {
  if (database?.kind !== 'adopted') return [];
  const { key, acknowledgeUnencrypted } = database;
  const say = (message: string) => [{ path: ['key'], message }];
  if (replica?.account !== undefined && key === undefined && acknowledgeUnencrypted !== true) {
    return say(
      'a copy to replica.account needs a customer managed key that the account may use; write the ARN of the one that encrypts the database (AWS’s own aws/rds cannot be shared)',
    );
  }
  const region = typeof key === 'string' ? key.split(':')[3] : undefined;
  if (!region || !primary?.region || region === primary.region) return [];
  return say(`the key is in "${region}", and a database has one of its own Region "${primary.region}"`);
}

/** The stacks name each other's account in their policies, so both have to be known when they are written. */
function aboutAccounts({ account, replica }: Parts): Disagreement[] {
  const second = replica?.account;
  if (second === undefined) return [];
  if (account === undefined) {
    const message = 'a second account for the copies needs that of the databases written too, in quotes';
    return [{ path: ['account'], message }];
  }
  if (account !== second) return [];
  const message = 'must differ from cloud.account; leave it out to keep the copies in the account of the databases';
  return [{ path: ['replica', 'account'], message }];
}

function aboutGenerations({ cadence }: Parts): Disagreement[] {
  const mistakes = (['weekly', 'monthly'] as const).flatMap((generation) => {
    const { keep, copy } = cadence?.[generation] ?? {};
    const shorter = (path: string[], own: Duration | undefined, other: Duration | undefined, otherPath: string) =>
      own && other && areDurations(own, other) && own.seconds <= other.seconds
        ? [{ path: ['cadence', generation, ...path], message: `write more than ${otherPath} "${other}"` }]
        : [];
    return [
      ...shorter(['keep'], keep, cadence?.keep, 'cadence.keep'),
      ...shorter(copy ? ['copy', 'keep'] : ['keep'], copy ? copy.keep : keep, cadence?.copy?.keep, 'cadence.copy.keep'),
    ];
  });
  if (cadence?.weekly && cadence.monthly && areDurations(cadence.every) && cadence.every.minutes === minutesOfDay) {
    mistakes.push({
      path: ['cadence', 'every'],
      message: 'weekly and monthly each take a run of their own from the day, and there is one; write "12h" at most',
    });
  }
  return mistakes;
}

/** A job outside the bounds of its vault's lock fails, every time. */
function aboutLock(cloud: Parts, place: Place): Disagreement[] {
  const { minKeep, maxKeep } = cloud[place]?.lock ?? {};
  if (minKeep && maxKeep && areDurations(minKeep, maxKeep) && minKeep.seconds >= maxKeep.seconds) {
    return [{ path: [place, 'lock', 'maxKeep'], message: `write more than minKeep "${minKeep}"` }];
  }
  return keptIn(cloud, place).flatMap(({ path, keep }) => {
    if (!areDurations(keep)) return [];
    const say = (message: string) => [{ path: ['cadence', ...path], message }];
    if (areDurations(minKeep) && minKeep && keep.seconds < minKeep.seconds)
      return say(`the lock of the ${place} vault takes "${minKeep}" at least (cloud.${place}.lock.minKeep)`);
    if (areDurations(maxKeep) && maxKeep && keep.seconds > maxKeep.seconds)
      return say(`the lock of the ${place} vault takes "${maxKeep}" at most (cloud.${place}.lock.maxKeep)`);
    return [];
  });
}

function keptIn({ cadence }: Parts, place: Place): { path: string[]; keep: Duration }[] {
  const ofGeneration = (['weekly', 'monthly'] as const).flatMap((generation) => {
    const { keep, copy } = cadence?.[generation] ?? {};
    if (place === 'replica' && copy) return [{ path: [generation, 'copy', 'keep'], keep: copy.keep }];
    return keep ? [{ path: [generation, 'keep'], keep }] : [];
  });
  const own =
    place === 'primary'
      ? { path: ['keep'], keep: cadence?.keep }
      : { path: ['copy', 'keep'], keep: cadence?.copy?.keep };
  return [...(own.keep ? [{ ...own, keep: own.keep }] : []), ...ofGeneration];
}

function dividesDay(every: Duration | undefined): every is Duration {
  return every instanceof Duration && minutesOfDay % every.minutes === 0;
}

function areDurations(...values: unknown[]): boolean {
  return values.every((value) => value instanceof Duration);
}
