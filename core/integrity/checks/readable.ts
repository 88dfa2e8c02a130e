import { counted } from '../../counted.ts';
import { named } from '../names.ts';
import { pinSettings } from '../snapshot.ts';
import { describeTables, type ListedTable, readTable } from '../tables.ts';
import type { TablePart, TablePartFingerprint } from './batch.ts';
import type { CheckFinding } from './check.ts';
import { type Check, isDamage, lookAtEach, NotCovered, said } from './look.ts';
import { readOnly, type Subject, timeBoxed } from './subject.ts';

/** Reads these tables, or ranges of their pages, from end to end, and gives their fingerprints. */
export function readable(parts: readonly TablePart[]): Check {
  return {
    check: 'readable',
    look: (subject) =>
      readOnly(subject, async () => {
        const connection = timeBoxed(subject);
        await pinSettings(connection);
        const listed = new Map(
          (await describeTables(connection, {})).map((table) => [named(table.schema, table.name), table]),
        );
        const tables: TablePartFingerprint[] = [];
        const seen = await lookAtEach(parts, nameOfTable, async (part) => {
          const read = await readPart(subject, part, listed.get(nameOfTable(part)));
          if ('object' in read) return [read];
          tables.push(read);
          return [];
        });
        const rows = tables.reduce((sum, table) => sum + table.rows, 0);
        const ranges = parts.filter(({ pages }) => pages).length;
        const what =
          ranges === 0
            ? counted(parts.length, 'table')
            : counted(parts.length, 'table or part', 'tables and parts of tables');
        return { ...seen, tables, text: `${counted(rows, 'row')} of ${what} read` };
      }),
  };
}

async function readPart(
  subject: Subject,
  part: TablePart,
  table: ListedTable | undefined,
): Promise<TablePartFingerprint | CheckFinding> {
  if (!table) throw new NotCovered('it was there when the tables were listed, and is no more');
  if (table.obstacle) throw new NotCovered(table.obstacle.text);
  const { schema, name, pages } = part;
  const read = await readTable(timeBoxed(subject), table, pages && { from: pages[0], to: pages[1] });
  if ('why' in read) {
    // A row that cannot be read is a finding whatever the reason; that the role may not read it is none.
    const error = { code: read.refused?.code, message: read.text };
    if (read.refused?.code === '42501') throw new NotCovered(said(error));
    const where = pages ? ` in pages ${pages[0]} to ${pages[1] - 1}` : '';
    return {
      object: named(schema, name),
      text: `cannot be read${where}${isDamage(error) ? ', it is damaged' : ''}: ${said(error)}`,
    };
  }
  const { kind, persistence, rows, content, bytes } = read;
  return { ...part, database: subject.database, kind, persistence, rows, content, bytes };
}

export function nameOfTable({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return named(schema, name);
}
