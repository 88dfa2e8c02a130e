import { ask, OutOfTime, type Subject } from '../../core/integrity/checks/subject.ts';
import { quoted } from '../../core/integrity/names.ts';

/** Owners of tables that this role could not read, or would see only in part. */
const owners = `
  select distinct pg_get_userbyid(c.relowner) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'm', 'S') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
     and not pg_has_role(c.relowner, 'usage')`;

/**
 * Gives the checker what it needs on the scratch, which is thrown away: the extension amcheck, and the right to read. A master user of RDS is
 * no superuser; it may read what it owns, or what the roles own that it is a member of. Best effort: what was refused shows as not covered.
 * Delivered twice, it does nothing the second time.
 *
 * @throws OutOfTime
 */
export async function prepare(subject: Subject): Promise<void> {
  await attempted(subject, 'create extension if not exists amcheck');
  const roles = await ask<{ readonly name: string }>(subject, owners);
  for (const { name } of roles) await attempted(subject, `grant ${quoted(name)} to current_user`);
  const unread = await ask<{ readonly name: string }>(subject, owners);
  // Since 14.
  if (unread.length > 0) await attempted(subject, 'grant pg_read_all_data to current_user');
}

async function attempted(subject: Subject, statement: string): Promise<void> {
  try {
    await ask(subject, statement);
  } catch (error) {
    if (error instanceof OutOfTime) throw error;
  }
}
