import { counted } from '../../counted.ts';
import { quoted } from '../names.ts';
import { findAmcheck } from './amcheck.ts';
import type { TablePart } from './batch.ts';
import { type Check, lookAtEach, NotCovered } from './look.ts';
import { nameOfTable } from './readable.ts';
import { ask } from './subject.ts';

interface Fault {
  readonly faults: string;
  readonly page: string;
  readonly text: string;
}

/** Verifies every page of these tables, or of ranges of them, with their TOAST values. */
export function heap(parts: readonly TablePart[]): Check {
  return {
    check: 'heap',
    look: async (subject) => {
      const amcheck = findAmcheck(subject);
      // Asked once, told for each.
      amcheck.catch(() => {});
      const seen = await lookAtEach(parts, nameOfTable, async (part) => {
        const { schema, minor } = await amcheck;
        if (minor < 3) throw new NotCovered('this amcheck verifies no heap, which needs PostgreSQL 14');
        const { kept, method } = await storageOf(part);
        if (!kept) return [];
        if (method !== 'heap') throw new NotCovered(`amcheck does not know tables stored by ${method}`);
        const [from, to] = part.pages ?? [null, null];
        // The end of the last range lies beyond the table's.
        const [fault] = await ask<Fault>(
          subject,
          `select count(*) over ()::text as faults, blkno::text as page, msg as text
             from ${schema}.verify_heapam(
                    $1::regclass, false, true, 'none', $2::bigint,
                    least($3::bigint - 1, pg_relation_size($1::regclass) / current_setting('block_size')::bigint - 1))
            order by blkno, offnum limit 1`,
          [quoted(part.schema, part.name), from, to],
        );
        if (!fault) return [];
        const text = `${counted(Number(fault.faults), 'fault')}, the first in page ${fault.page}: ${fault.text}`;
        return [{ object: nameOfTable(part), text }];
      });
      return { ...seen, text: `every page of ${counted(parts.length, 'table or part', 'tables and parts')} verified` };

      async function storageOf(part: TablePart) {
        const [stored] = await ask<{ readonly kept: boolean; readonly method: string }>(
          subject,
          `select relispopulated and pg_relation_size(c.oid) > 0 as kept, a.amname as method
             from pg_class c left join pg_am a on a.oid = c.relam where c.oid = to_regclass($1)`,
          [quoted(part.schema, part.name)],
        );
        if (!stored) throw new NotCovered('it was there when the tables were listed, and is no more');
        return stored;
      }
    },
  };
}
