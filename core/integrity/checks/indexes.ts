import { counted } from '../../counted.ts';
import { refusal } from '../connection.ts';
import { quoted } from '../names.ts';
import { type Amcheck, findAmcheck } from './amcheck.ts';
import type { IndexPart } from './batch.ts';
import { type Check, lookAtEach } from './look.ts';
import { nameOfTable } from './readable.ts';
import { ask, type Subject } from './subject.ts';

/** The stronger function may be refused where the weaker is not: privileges, an index of an old version, a standby, a lock. */
const refusals = ['42501', '0A000', '25006', '55P03'];

/**
 * Walks these B-tree indexes: order, parents and children, every row of the table found in the index, and every entry again by a search
 * from the root. It locks tables against writing, which on a restored copy nobody does.
 */
export function indexes(parts: readonly IndexPart[]): Check {
  return {
    check: 'indexes',
    look: async (subject) => {
      const amcheck = findAmcheck(subject);
      amcheck.catch(() => {});
      let weaker = 0;
      const seen = await lookAtEach(parts, nameOfTable, async (part) => {
        if (!(await walk(subject, await amcheck, quoted(part.schema, part.name)))) weaker += 1;
        return [];
      });
      const note = weaker > 0 ? `, ${weaker} of them without parents, which the server refused` : '';
      return {
        ...seen,
        text: `${counted(parts.length, 'index', 'indexes')} walked and compared with the table${note}`,
      };
    },
  };
}

/** @returns whether the stronger function ran */
async function walk(subject: Subject, { schema, minor }: Amcheck, index: string): Promise<boolean> {
  const unique = minor >= 4 ? ', true' : '';
  try {
    await ask(subject, `select ${schema}.bt_index_parent_check($1::regclass, true, true${unique})`, [index]);
    return true;
  } catch (error) {
    if (!refusals.includes(refusal(error).code)) throw error;
    await ask(subject, `select ${schema}.bt_index_check($1::regclass, true${unique})`, [index]);
    return false;
  }
}
