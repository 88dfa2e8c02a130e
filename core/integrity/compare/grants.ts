import type { Finding } from './comparison.ts';
import { finding } from './context.ts';

/** A revoked default that came back is as much a difference as a grant that went. */
export function* grantFindings(
  object: string,
  recorded: readonly string[],
  found: readonly string[],
): Generator<Finding> {
  for (const grant of recorded.filter((item) => !found.includes(item))) {
    yield finding('difference', 'grant lost', object, grant, null, `${object}: ${described(grant)} is lost`);
  }
  for (const grant of found.filter((item) => !recorded.includes(item))) {
    yield finding(
      'difference',
      'grant extra',
      object,
      null,
      grant,
      `${object}: ${described(grant)} was not there when the backup was taken`,
    );
  }
}

function described(grant: string): string {
  const [grantee, ...privilege] = grant.slice(1).split(/ (?=[A-Z])/);
  return grant.startsWith('+')
    ? `GRANT ${privilege.join(' ')} TO ${grantee}`
    : `REVOKE ${privilege.join(' ')} FROM ${grantee}`;
}
