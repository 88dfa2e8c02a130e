import { counted } from '../../counted.ts';
import { named } from '../names.ts';
import type { Check } from './look.ts';
import { ask } from './subject.ts';

interface Index {
  readonly schema: string;
  readonly name: string;
  readonly valid: boolean;
  readonly ready: boolean;
}

/** An index that a failed CREATE INDEX CONCURRENTLY left behind answers no query, and a unique one keeps nothing unique. */
export const invalidIndexes: Check = {
  check: 'invalid-indexes',
  async look(subject) {
    const all = await ask<Index>(
      subject,
      `select n.nspname as schema, c.relname as name, i.indisvalid as valid, i.indisready and i.indislive as ready
         from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
        where c.relpersistence <> 't' and n.nspname !~ '^pg_temp'
        order by n.nspname collate "C", c.relname collate "C"`,
    );
    const findings = all
      .filter(({ valid, ready }) => !valid || !ready)
      .map(({ schema, name, valid }) => ({
        object: named(schema, name),
        text: valid ? 'is not kept up to date' : 'is not valid: no query uses it',
      }));
    return {
      findings,
      covered: all.length,
      of: all.length,
      notCovered: [],
      text: `the marks of ${counted(all.length, 'index', 'indexes')} read`,
    };
  },
};
