import { readCatalogue } from '../../core/integrity/checks/catalogue.ts';
import { checksFor } from '../../core/integrity/checks/register.ts';
import { type RanCheck, runCheck } from '../../core/integrity/checks/run-check.ts';
import { readOnly, type Subject, timeBoxed } from '../../core/integrity/checks/subject.ts';
import type { DatabaseFingerprint } from '../../core/integrity/fingerprint.ts';
import { withDatabase } from './connect.ts';
import type { BatchAnswer, BatchRequest } from './messages.ts';

/**
 * Does one batch, check after check. What could not be done is in the answer.
 *
 * @throws when the connection cannot be opened, or ends before its time
 */
export async function runBatch({ connection, batch, settings }: BatchRequest, deadline: number): Promise<BatchAnswer> {
  return withDatabase(connection, batch.database, deadline, async (client) => {
    const subject: Subject = { connection: client, database: batch.database, settings, deadline };
    const catalogue = batch.kind === 'database' ? await catalogueOf(subject) : undefined;
    const ran: RanCheck[] = catalogue ? [catalogue.ran] : [];
    // Reading also makes the fingerprints, which other checks need; verifying twice is for those who asked for it.
    const checks = checksFor(batch, settings).filter(({ check }) => check === 'readable' || settings.checks[check]);
    for (const check of checks) ran.push(await runCheck(check, subject));
    return {
      checks: ran.flatMap(({ result }) => (result ? [result] : [])),
      tables: ran.flatMap(({ tables }) => tables ?? []),
      freshness: ran.flatMap(({ newest }) => newest ?? []),
      ...(catalogue?.fingerprint && { fingerprint: catalogue.fingerprint }),
    };
  });
}

/** Schema, sequences, roles and large objects are read as the tables are, and count as one more of them. */
async function catalogueOf(
  subject: Subject,
): Promise<{ readonly ran: RanCheck; readonly fingerprint?: DatabaseFingerprint }> {
  let fingerprint: DatabaseFingerprint | undefined;
  const ran = await runCheck(
    {
      check: 'readable',
      async look() {
        ({ fingerprint } = await readOnly(subject, () => readCatalogue(timeBoxed(subject))));
        const unread = fingerprint.unseen.filter(({ kind }) => kind !== 'table');
        return {
          findings: [],
          covered: 1,
          of: 1 + unread.length,
          notCovered: unread.map(({ name }) => name),
          reasons: [...new Set(unread.map(({ text }) => text))],
          text: 'schema, sequences, roles and large objects read',
        };
      },
    },
    subject,
  );
  return { ran, ...(fingerprint && { fingerprint }) };
}
