import type { DrillOrigin } from './record.ts';

/** The moment that the restored data is of, as closely as it is known. */
export function restoredTo(origin: DrillOrigin | null): string | undefined {
  return origin?.restoreTime ?? origin?.databaseTime ?? origin?.createdAt;
}
