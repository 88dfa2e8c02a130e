import { type Connection, rows } from './connection.ts';
import type { SequenceFingerprint, Unseen } from './fingerprint.ts';
import { named, quoted } from './names.ts';
import { attempt } from './savepoint.ts';

type Definition = Omit<SequenceFingerprint, 'last' | 'called' | 'column'> & {
  readonly readable: boolean;
  readonly columnOf: readonly [string, string, string] | null;
};

const definitions = `
  select n.nspname as schema, c.relname as name, format_type(s.seqtypid, null) as type,
         s.seqstart::text as start, s.seqincrement::text as increment, s.seqmin::text as minimum, s.seqmax::text as maximum,
         s.seqcache::text as cache, s.seqcycle as cycle,
         has_schema_privilege(n.oid, 'usage') and has_sequence_privilege(c.oid, 'select') as readable,
         (select array[tn.nspname, t.relname, a.attname]::text[]
            from pg_depend d
            join pg_class t on t.oid = d.refobjid
            join pg_namespace tn on tn.oid = t.relnamespace
            join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
           where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass
             and d.deptype in ('a', 'i')
           limit 1) as "columnOf"
    from pg_sequence s
    join pg_class c on c.oid = s.seqrelid
    join pg_namespace n on n.oid = c.relnamespace
   where c.relpersistence <> 't'
     and not exists (select from pg_depend e left join pg_extension x on x.oid = e.refobjid and c.oid = any (x.extconfig)
                      where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e' and x.oid is null)
   order by n.nspname collate "C", c.relname collate "C"`;

interface Position {
  readonly at: number;
  readonly last: string;
  readonly called: boolean;
}

/** One statement reads this many sequences: a round trip each would cost minutes on a database with thousands. */
const together = 100;

interface ReadSequences {
  readonly sequences: readonly SequenceFingerprint[];
  readonly unseen: readonly Unseen[];
}

/** Sequences do not follow snapshots: this is where they are now. */
export async function readSequences(connection: Connection): Promise<ReadSequences> {
  const found = await rows<Definition>(connection, definitions);
  const readable = found.filter((sequence) => sequence.readable);
  const sequences: SequenceFingerprint[] = [];
  const unseen: Unseen[] = found
    .filter((sequence) => !sequence.readable)
    .map(({ schema, name }) => ({
      kind: 'sequence',
      name: named(schema, name),
      why: 'permission',
      text: 'this role has no SELECT on it',
    }));
  const read = async (batch: readonly Definition[]): Promise<void> => {
    const positions = await attempt(connection, () => rows<Position>(connection, positionsQuery(batch)));
    if ('value' in positions) {
      sequences.push(...positions.value.map((position) => joined(batch[position.at] as Definition, position)));
    } else if (batch.length > 1) {
      for (const sequence of batch) await read([sequence]);
    } else {
      const [{ schema, name }] = batch as [Definition];
      unseen.push({ kind: 'sequence', name: named(schema, name), why: 'error', text: positions.refused.text });
    }
  };
  for (let at = 0; at < readable.length; at += together) await read(readable.slice(at, at + together));
  return { sequences, unseen };
}

function positionsQuery(batch: readonly Definition[]): string {
  const one = ({ schema, name }: Definition, at: number) =>
    `select ${at} as at, last_value::text as last, is_called as called from ${quoted(schema, name)}`;
  return `${batch.map(one).join(' union all ')} order by at`;
}

function joined({ readable, columnOf, ...definition }: Definition, { last, called }: Position): SequenceFingerprint {
  const { schema, name, ...rest } = definition;
  return { schema, name, last, called, ...rest, column: columnOf ? named(...columnOf) : null };
}
