import type pg from 'pg';
import { FukugenError } from '../../core/errors.ts';
import { writeDurably } from '../generation/recorded-file.ts';
import type { Problem } from '../generation/tree-walk.ts';
import { runProgram } from '../system/run-program.ts';
import { type Connection, databaseOf } from './connection.ts';
import { commandOf, type PostgresPrograms } from './programs.ts';

/**
 * Roles, memberships and tablespaces belong to the server and are in no dump of a database. They are kept beside it as SQL,
 * without passwords: those of other databases' users are no part of this one's backup, and only a superuser could read them.
 *
 * @returns a problem when the server does not give them, which costs no row
 */
export async function dumpGlobals(
  connection: Connection,
  programs: PostgresPrograms,
  into: string,
  signal: AbortSignal,
): Promise<Problem[]> {
  const [program, ...prefix] = commandOf(programs, 'pg_dumpall');
  const args = ['--globals-only', '--no-role-passwords', '--no-password', `--database=${databaseOf(connection)}`];
  try {
    const { stdout } = await runProgram(program, [...prefix, ...args], { environment: connection.environment, signal });
    await writeDurably(into, `${stdout}\n`);
    return [];
  } catch (error) {
    if (!(error instanceof FukugenError) || error.code !== 'source') throw error;
    return [{ path: 'globals.sql', reason: error.message }];
  }
}

/** Names of the roles that a dump of globals makes. */
export function rolesIn(globals: string): string[] {
  return [...globals.matchAll(/^CREATE ROLE (?:"((?:[^"]|"")+)"|([^";\s]+));$/gm)].map(
    ([, quoted, plain]) => plain ?? (quoted as string).replaceAll('""', '"'),
  );
}

export async function presentRoles(client: pg.Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_catalog.pg_roles');
  return new Set(rows.map((row) => row.rolname));
}
