import { formatPatch, structuredPatch } from 'diff';
import { redact } from '../system/secrets.ts';

/** More is for a tool of its own. */
const largest = 1_000_000;

/**
 * What would change, as a unified diff; empty where nothing would.
 *
 * @param isSecret - of a file of secrets only names and comments' lengths are shown, never a value
 */
export function textDiff(path: string, before: Buffer, after: Buffer, isSecret: boolean): string {
  if (before.equals(after)) return '';
  if (isBinary(before) || isBinary(after)) return `${path}: ${before.length} bytes become ${after.length} other ones`;
  const patch = structuredPatch(path, path, before.toString(), after.toString(), 'as it is', 'as backed up');
  const hunks = patch.hunks.map((hunk) => ({ ...hunk, lines: hunk.lines.map((line) => masked(line, isSecret)) }));
  return redact(formatPatch({ ...patch, hunks })).trimEnd();
}

function isBinary(bytes: Buffer): boolean {
  return bytes.length > largest || bytes.subarray(0, 8_000).includes(0);
}

/** `KEY=value`, `key: value`, also behind a `#`, `export` or a list's hyphen. */
const assignment = /^(\s*(?:#\s*)?(?:-\s+)?(?:export\s+)?["']?([A-Za-z_][\w.-]*)["']?\s*[=:]\s*)(\S.*)$/;
const secretKey = /pass|secret|token|credential|private|api_?key|access_?key|dsn|_url|auth/i;

/** The first character is the diff's own. */
function masked(line: string, isSecret: boolean): string {
  const [mark, text] = [line.slice(0, 1), line.slice(1)];
  if (mark === '\\' || text.trim() === '') return line;
  const match = assignment.exec(text);
  if (match && (isSecret || secretKey.test(match[2] as string))) return `${mark}${match[1]}[secret]`;
  return isSecret && !match ? `${mark}[secret]` : line;
}
