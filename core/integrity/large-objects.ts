import { type Connection, row } from './connection.ts';
import { contentOf, hashed, type Lanes, lanes } from './content.ts';
import type { LargeObjectsFingerprint, Unseen } from './fingerprint.ts';
import { grantsSql } from './grants.ts';
import { attempt } from './savepoint.ts';

/**
 * Large objects are stored as pages of 2 kB (LOBLKSIZE, a quarter of the usual block) of which those never written are missing, and read
 * as zeroes. So a page is hashed filled up with zeroes, and a page of zeroes not at all; the length is hashed separately.
 */
const page = 2048;
const zeroes = `decode(repeat('00', ${page}), 'hex')`;

/** Large objects this role may read, as lo_get checks it. https://www.postgresql.org/docs/current/lo-implementation.html */
const readable = `
  (select m.oid from pg_largeobject_metadata m
    where current_setting('lo_compat_privileges') = 'on'
       or (select rolsuper from pg_roles where rolname = current_user)
       or exists (select from aclexplode(coalesce(m.lomacl, acldefault('L', m.lomowner))) a
                   where a.privilege_type = 'SELECT' and (a.grantee = 0 or pg_has_role(a.grantee, 'usage'))))`;

/** Pages and lengths straight from the catalog, which only a superuser may read: one scan. */
const fromCatalog = {
  pages: 'select loid::bigint as id, pageno::bigint as number, data from pg_largeobject',
  sizes: `select m.oid::bigint as id, coalesce(p.size, 0) as size
            from pg_largeobject_metadata m
            left join (select loid, max(pageno::bigint * ${page} + octet_length(data)) as size
                         from pg_largeobject group by loid) p on p.loid = m.oid`,
};

/** The same by the functions that everybody may call: one index look-up a page, one page in memory at a time. 262144 is INV_READ, 2 SEEK_END. */
const seeked = `
  select id, size, lo_close(descriptor) from (
    select id, descriptor, lo_lseek64(descriptor, 0, 2) as size from (
      select r.oid::bigint as id, lo_open(r.oid, 262144) as descriptor from ${readable} as r
    ) as opened
  ) as measured`;
const byFunctions = {
  pages: `select id, number, lo_get(id::oid, number * ${page}, ${page}) as data
            from (${seeked}) as o cross join lateral generate_series(0, (o.size - 1) / ${page}) as number`,
  sizes: `select id, size from (${seeked}) as o`,
};

const contentQuery = ({ pages, sizes }: typeof fromCatalog) => `
  select ${lanes}, coalesce(sum(size), 0)::text as bytes from (
    select ${hashed(`record_send(row(id, number, data))`)}, 0 as size from (
      select id, number, substr(data || ${zeroes}, 1, ${page}) as data from (${pages}) as stored
    ) as page where data <> ${zeroes}
    union all
    select ${hashed(`record_send(row(id, size))`)}, size from (${sizes}) as object
  ) as hashed`;

const accessQuery = `
  select ${lanes}, count(*) filter (where not superuser and not readable)::text as hidden, bool_or(superuser) as superuser from (
    select ${hashed(`record_send(row(m.oid::bigint, pg_get_userbyid(m.lomowner)::text, array_to_string(${grantsSql('m.lomacl', `'L'`, 'm.lomowner')}, ', ')))`)},
           m.oid in ${readable} as readable,
           has_table_privilege('pg_largeobject', 'select') as superuser
      from pg_largeobject_metadata m
  ) as hashed`;

interface ReadLargeObjects {
  readonly largeObjects: LargeObjectsFingerprint;
  readonly unseen: readonly Unseen[];
}

/** Everything is hashed inside the server; nothing but sums crosses the connection, however large the objects. */
export async function readLargeObjects(connection: Connection): Promise<ReadLargeObjects> {
  const access = await row<Lanes & { readonly hidden: string; readonly superuser: boolean | null }>(
    connection,
    accessQuery,
  );
  const source = access.superuser ? fromCatalog : byFunctions;
  const none = { rows: '0', high: null, low: null, bytes: '0' };
  const contents = await attempt(connection, async () =>
    access.rows === '0' ? none : row<Lanes & { readonly bytes: string }>(connection, contentQuery(source)),
  );
  const unseen: Unseen[] = [];
  const hidden = { kind: 'large objects', name: 'large objects' } as const;
  if ('refused' in contents) unseen.push({ ...hidden, why: 'error', text: contents.refused.text });
  else if (access.hidden !== '0') {
    unseen.push({ ...hidden, why: 'permission', text: `this role may not read ${access.hidden} of ${access.rows}` });
  }
  const read = 'value' in contents ? contents.value : none;
  return {
    largeObjects: {
      count: Number(access.rows),
      bytes: Number(read.bytes),
      content: contentOf(read),
      access: contentOf(access),
    },
    unseen,
  };
}
