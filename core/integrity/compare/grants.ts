import type { Finding } from './comparison.ts';
import { finding, type Pair } from './context.ts';

/** PostgreSQL 17 added a privilege: GRANT ALL, as a dump of an older server says, then gives more than it gave. */
const added = { major: 17, privilege: 'MAINTAIN' } as const;

/** A revoked default that came back is as much a difference as a grant that went. */
export function* grantFindings(
  pair: Pair,
  object: string,
  recorded: readonly string[],
  found: readonly string[],
): Generator<Finding> {
  for (const grant of recorded.filter((item) => !found.includes(item))) {
    yield finding('difference', 'grant lost', object, grant, null, `${object}: ${described(grant)} is lost`);
  }
  for (const grant of found.filter((item) => !recorded.includes(item))) {
    const isAdded =
      pair.recorded.server.major < added.major &&
      pair.found.server.major >= added.major &&
      grant.split(' ').includes(added.privilege);
    yield finding(
      isAdded ? 'note' : 'difference',
      'grant extra',
      object,
      null,
      grant,
      `${object}: ${described(grant)} was not there when the backup was taken`,
    );
  }
}

function described(grant: string): string {
  const [, sign, grantee, privilege] = /^([+-])("(?:[^"]|"")*"|\S+) (.+)$/.exec(grant) ?? [];
  return sign === '+' ? `GRANT ${privilege} TO ${grantee}` : `REVOKE ${privilege} FROM ${grantee}`;
}
