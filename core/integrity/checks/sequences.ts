import { counted } from '../../counted.ts';
import type { SequenceFingerprint } from '../fingerprint.ts';
import { named, quoted } from '../names.ts';
import { readSequences } from '../sequences.ts';
import type { CheckFinding } from './check.ts';
import { type Check, lookAtEach, NotCovered } from './look.ts';
import { ask, readOnly, type Subject, timeBoxed } from './subject.ts';

/** A column whose values come from a sequence. */
interface Filled {
  readonly sequenceSchema: string;
  readonly sequence: string;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** pg_type.typname */
  readonly type: string;
}

/**
 * Identity columns, columns whose default is the sequence's next value and nothing else, and columns that own a sequence and have no
 * default (a trigger fills them). A default such as `nextval('s') * 10` says nothing about where the sequence should be.
 */
const filledQuery = `
  select sn.nspname as "sequenceSchema", s.relname as sequence, n.nspname as schema, c.relname as table, a.attname as column, t.typname as type
    from (
      select d.objid as sequence, d.refobjid as relation, d.refobjsubid as column
        from pg_depend d
       where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
         and (d.deptype = 'i' or not exists (select from pg_attrdef x where x.adrelid = d.refobjid and x.adnum = d.refobjsubid))
      union
      select d.refobjid, x.adrelid, x.adnum
        from pg_depend d join pg_attrdef x on x.oid = d.objid
       where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass
         and pg_get_expr(x.adbin, x.adrelid) ~ '^nextval\\(''[^()]*''::regclass\\)$'
    ) as filled
    join pg_class s on s.oid = filled.sequence and s.relkind = 'S'
    join pg_namespace sn on sn.oid = s.relnamespace
    join pg_class c on c.oid = filled.relation and c.relkind in ('r', 'p')
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = filled.column
    join pg_type t on t.oid = a.atttypid
   where t.typname in ('int2', 'int4', 'int8', 'numeric')
   order by 1, 2, 3, 4, 5`;

/** What a column can hold, whatever its sequence could give. */
const widest: Readonly<Record<string, bigint>> = { int2: 2n ** 15n - 1n, int4: 2n ** 31n - 1n, int8: 2n ** 63n - 1n };

/** Every sequence is ahead of the columns that it fills, and has a value left to give. */
export const sequences: Check = {
  check: 'sequences',
  async look(subject) {
    const { read, filled } = await readOnly(subject, async () => ({
      read: await readSequences(timeBoxed(subject)),
      filled: await ask<Filled>(subject, filledQuery),
    }));
    const columnsOf = Map.groupBy(filled, ({ sequenceSchema, sequence }) => named(sequenceSchema, sequence));
    const nameOf = ({ schema, name }: SequenceFingerprint) => named(schema, name);
    const seen = await lookAtEach(read.sequences, nameOf, async (sequence) => {
      const columns = columnsOf.get(nameOf(sequence)) ?? [];
      const findings = [exhausted(sequence, columns)];
      for (const column of columns) findings.push(await behind(subject, sequence, column));
      return findings.flatMap((finding) => (finding ? [{ object: nameOf(sequence), text: finding.text }] : []));
    });
    const unseen = read.unseen.map(({ name }) => name);
    return {
      ...seen,
      of: seen.of + unseen.length,
      notCovered: [...seen.notCovered, ...unseen],
      reasons: [...(seen.reasons ?? []), ...new Set(read.unseen.map(({ text }) => text))],
      text: `${counted(read.sequences.length, 'sequence')} compared with ${counted(filled.length, 'column')}`,
    };
  },
};

function nextOf({ last, called, increment }: SequenceFingerprint): bigint {
  return called ? BigInt(last) + BigInt(increment) : BigInt(last);
}

function exhausted(sequence: SequenceFingerprint, columns: readonly Filled[]): Pick<CheckFinding, 'text'> | undefined {
  if (sequence.cycle) return undefined;
  const next = nextOf(sequence);
  const [minimum, maximum] = [BigInt(sequence.minimum), BigInt(sequence.maximum)];
  if (next > maximum || next < minimum) {
    return { text: `is exhausted: after ${sequence.last} it has no value left` };
  }
  const narrow = columns.find(({ type }) => {
    const most = widest[type];
    return most !== undefined && (next > most || next < -most - 1n);
  });
  return (
    narrow && { text: `its next value, ${next}, does not fit in ${named(narrow.schema, narrow.table, narrow.column)}` }
  );
}

/** Values that the sequence cannot give, past its limits, were put there by hand and are in nobody's way. */
async function behind(
  subject: Subject,
  sequence: SequenceFingerprint,
  { schema, table, column }: Filled,
): Promise<Pick<CheckFinding, 'text'> | undefined> {
  // Around the corner, lower can be later: nothing can be concluded.
  if (sequence.cycle) return undefined;
  const rises = BigInt(sequence.increment) > 0n;
  const [found] = await ask<{ readonly edge: string | null }>(
    subject,
    `select ${rises ? 'max' : 'min'}(${quoted(column)})::text as edge from ${quoted(schema, table)}
      where ${quoted(column)} between ${sequence.minimum} and ${sequence.maximum}`,
  );
  if (!found) throw new NotCovered('the table is gone');
  if (found.edge === null) return undefined;
  const next = nextOf(sequence);
  const edge = BigInt(found.edge.split('.')[0] as string);
  if (rises ? next > edge : next < edge) return undefined;
  return { text: `continues at ${next}, but ${named(schema, table, column)} has reached ${edge}` };
}
