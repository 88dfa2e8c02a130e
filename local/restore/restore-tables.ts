import { renderComparison } from '../../core/integrity/index.ts';
import type { SourceRecord } from '../generation/manifest.ts';
import { requireKnown } from '../postgres/choose-tables.ts';
import { connectionOf, databaseOf, serverOf, withSession } from '../postgres/connection.ts';
import { databasesBeside } from '../postgres/names-beside.ts';
import { clientFor } from '../postgres/programs.ts';
import { restorePart } from '../postgres/restore-part.ts';
import { readStored, requireIntact } from '../postgres/stored.ts';
import { dropDatabase } from '../postgres/swap-database.ts';
import type { Source } from '../sources/index.ts';
import type { Beside } from '../sources/source.ts';
import type { RunContext } from '../system/run-context.ts';
import { maintenanceOf } from './put-back.ts';
import type { Selection } from './selection.ts';

/** Restores some tables of a database into a new one beside it, and compares them with what was recorded of them. */
export async function restoreTables(
  source: Extract<Source, { kind: 'postgres' }>,
  folder: string,
  record: SourceRecord,
  selection: Selection,
  context: RunContext,
): Promise<Pick<Beside, 'name' | 'proof'>> {
  const stored = await readStored(folder, record);
  requireKnown(stored.recorded, selection);
  await requireIntact(folder, stored, context);
  const maintenance = await maintenanceOf(source);
  const into = databasesBeside(databaseOf(await connectionOf(source.settings))).restored;
  const programs = await withSession(maintenance, async (client) => clientFor((await serverOf(client)).major));
  try {
    const { comparison, leftOut } = await restorePart(maintenance, {
      ...stored,
      selection,
      into,
      place: 'live',
      programs,
      onTable: (done, total) => context.progress.count(done, total, 'tables compared'),
      signal: context.signal,
    });
    const text = [renderComparison(comparison), ...leftOut.map((line) => `left out: ${line}`)].join('\n');
    const verdict = comparison.verdict === 'identical-with-notes' ? 'identical' : comparison.verdict;
    return { name: into, proof: { verdict, text, detail: { ...comparison, leftOut } } };
  } catch (error) {
    await dropDatabase(maintenance, into).catch(() => {});
    throw error;
  }
}
