import { counted } from '../../counted.ts';
import { named } from '../names.ts';
import type { Check } from './look.ts';
import { ask } from './subject.ts';

interface Constraint {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly validated: boolean;
  readonly enforced: boolean;
}

/** A constraint that was added NOT VALID, or NOT ENFORCED (18), promises nothing about the rows that were there before. */
export const constraints: Check = {
  check: 'constraints',
  async look(subject) {
    const all = await ask<Constraint>(
      subject,
      `select n.nspname as schema, coalesce(c.relname, t.typname) as table, k.conname as name, k.convalidated as validated,
              coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) as enforced
         from pg_constraint k
         join pg_namespace n on n.oid = k.connamespace
         left join pg_class c on c.oid = k.conrelid
         left join pg_type t on t.oid = k.contypid
        where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
        order by n.nspname collate "C", 2, k.conname collate "C"`,
    );
    const findings = all
      .filter(({ validated }) => !validated)
      .map(({ schema, table, name, enforced }) => ({
        object: named(schema, table, name),
        text: enforced ? 'was never validated: rows that were there before it may break it' : 'is not enforced',
      }));
    return {
      findings,
      covered: all.length,
      of: all.length,
      notCovered: [],
      text: `${counted(all.length, 'constraint')} looked at`,
    };
  },
};
