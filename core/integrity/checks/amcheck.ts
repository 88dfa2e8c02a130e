import { quoted } from '../names.ts';
import { NotCovered } from './look.ts';
import { ask, type Subject } from './subject.ts';

/** The extension that verifies what is on disk: https://www.postgresql.org/docs/current/amcheck.html */
export interface Amcheck {
  /** The schema of its functions, quoted. */
  readonly schema: string;
  /** `1.3` came with 14 and verifies heaps, `1.4` with 17 and verifies uniqueness. */
  readonly minor: number;
}

/** @throws NotCovered where it is not installed */
export async function findAmcheck(subject: Subject): Promise<Amcheck> {
  const [found] = await ask<{ readonly schema: string; readonly version: string }>(
    subject,
    `select n.nspname as schema, e.extversion as version
       from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'amcheck'`,
  );
  if (!found) throw new NotCovered('the extension amcheck is not installed, and could not be');
  return { schema: quoted(found.schema), minor: Number(found.version.split('.')[1] ?? 0) };
}
