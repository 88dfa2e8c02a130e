import type { Activity, Baseline } from '../../../../core/integrity/checks/baseline.ts';
import type { DatabaseFingerprint, TableFingerprint } from '../../../../core/integrity/fingerprint.ts';

/** A table of this many rows; contents are equal when their numbers are. */
export function table(
  name: string,
  rows: number,
  content = rows,
  more: Partial<TableFingerprint> = {},
): TableFingerprint {
  return {
    schema: 'public',
    name,
    kind: 'table',
    persistence: 'permanent',
    rows,
    content: content.toString(16).padStart(32, '0'),
    bytes: 8192,
    ...more,
  };
}

export function fingerprint(
  tables: readonly TableFingerprint[],
  more: Partial<DatabaseFingerprint> = {},
  takenAt = '2026-11-01T00:00:00.000Z',
): DatabaseFingerprint {
  return {
    format: 1,
    takenAt,
    server: { version: '17.5', major: 17 },
    database: {
      name: 'shop',
      owner: 'app',
      encoding: 'UTF8',
      collation: {
        provider: 'libc',
        collate: 'C',
        ctype: 'C',
        locale: null,
        rules: null,
        recordedVersion: null,
        actualVersion: null,
      },
      settings: [],
      grants: [],
      comment: null,
      connectionLimit: -1,
    },
    extensions: [{ name: 'plpgsql', version: '1.0', schema: 'pg_catalog' }],
    schema: { digest: 'same', objects: [] },
    tables,
    sequences: [],
    largeObjects: { count: 0, bytes: 0, content: '', access: '' },
    roles: [],
    unseen: [],
    ...more,
  };
}

/** A baseline of one database; every table was written to as often as `writes` says, or else once. */
export function baseline(
  takenAt: string,
  shop: DatabaseFingerprint,
  writes: Activity['writes'] = {},
  since = '2026-10-01 00:00:00+00',
): Baseline {
  const once = Object.fromEntries(shop.tables.map(({ name }) => [`public.${name}`, '1']));
  return {
    takenAt,
    fingerprints: { shop: { ...shop, takenAt } },
    activity: { shop: { since, writes: { ...once, ...writes } } },
    freshness: [],
  };
}
