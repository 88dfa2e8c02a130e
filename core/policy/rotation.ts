import type { DrillSource } from '../evidence/record.ts';

/** A database, as far as it matters where its restores start from. */
export interface RotatedDatabase {
  readonly name: string;
  /** Whether a point in time can be restored at this place. */
  readonly hasAutomatedBackups: boolean;
}

export type DrillPlace = 'primary' | 'replica';

/** Where a restore of this database can start from, at this place. */
export function sourcesAt(place: DrillPlace, { hasAutomatedBackups }: RotatedDatabase): readonly DrillSource[] {
  return [
    place === 'primary' ? 'latest' : 'copy',
    'random',
    ...(hasAutomatedBackups ? ['point-in-time' as const] : []),
  ];
}

/**
 * Whose turn it is: within any three months every database meets every source that the place can give, and in one month
 * neighbours in the list differ, as do the two places of a database.
 *
 * @param databases - in an order that stays: one put in front moves the turns of those behind it
 * @param month - of any count that goes up by one a month, as `monthOf` gives
 */
export function rotate(
  databases: readonly RotatedDatabase[],
  place: DrillPlace,
  month: number,
): ReadonlyMap<string, DrillSource> {
  const ahead = place === 'replica' ? 1 : 0;
  return new Map(
    databases.map((database, index) => {
      const sources = sourcesAt(place, database);
      return [database.name, sources[(month + index + ahead) % sources.length] as DrillSource];
    }),
  );
}

/** Months since the year 0, on the calendar of a timezone. */
export function monthOf(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: 'numeric' }).formatToParts(at);
  const part = (type: 'year' | 'month') => Number(parts.find((one) => one.type === type)?.value);
  return part('year') * 12 + part('month') - 1;
}
