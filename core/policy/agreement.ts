import { minutesOfDay } from './clock.ts';
import { Duration } from './duration.ts';
import type { CloudPolicy } from './schema.ts';

/** What is wrong with a value beside another one. */
export interface Disagreement {
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * Where the parts of a cloud policy, each right by itself, do not fit together. Looked at even when some of them are wrong,
 * so that all mistakes come at once: what is not a value of its type here is left to its own mistake.
 */
export function disagreements(cloud: CloudPolicy): Disagreement[] {
  return Object.entries(cloud.databases ?? {}).flatMap(([name, database]) =>
    [...aboutRetention(cloud, database), ...aboutCopies(cloud, database)].map(({ path, message }) => ({
      path: ['databases', name, ...path],
      message,
    })),
  );
}

type Database = CloudPolicy['databases'][string];

function aboutRetention({ cadence }: CloudPolicy, database: Database): Disagreement[] {
  if (database?.kind !== 'cluster') return [];
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

function aboutCopies({ cadence }: CloudPolicy, database: Database): Disagreement[] {
  if (database?.kind !== 'cluster') return [];
  const { copyEvery } = database;
  const every = cadence?.every;
  if (!copyEvery || !areDurations(copyEvery, every)) return [];
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

function areDurations(...values: unknown[]): boolean {
  return values.every((value) => value instanceof Duration);
}
