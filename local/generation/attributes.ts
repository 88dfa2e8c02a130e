import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runProgram } from '../system/run-program.ts';
import type { Entry } from './entry.ts';

/**
 * Extended attributes that belong to the user, on Linux by the programs of the package `attr`: Node has no call for them.
 * What the system itself keeps there (ACLs, capabilities, security labels) is left to it.
 */

/** Bytes of paths in one command line, of which Linux takes two million. */
const batchBytes = 100_000;

/** Why they cannot be kept here; `undefined` when they can. */
export async function attributesLacking(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `extended attributes are not kept on ${process.platform}`;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = await access(join(folder, 'getfattr'), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return undefined;
  }
  return 'extended attributes are not kept: getfattr is not installed';
}

/** The same entries, each with its attributes. */
export async function withAttributes(root: string, entries: readonly Entry[], signal: AbortSignal): Promise<Entry[]> {
  // Attributes of the user exist on files and folders alone. https://man7.org/linux/man-pages/man7/xattr.7.html
  const paths = entries.filter(({ type }) => type !== 'link').map(({ path }) => path);
  const found = new Map<string, Record<string, string>>();
  for (const batch of batches(paths)) {
    const { stdout } = await runProgram(
      'getfattr',
      ['--no-dereference', '--dump', '--match=^user\\.', '--encoding=base64', '--', ...batch],
      // 1: one of them went away meanwhile, or the file system knows no attributes.
      { folder: root, accept: [0, 1], signal },
    );
    for (const [path, attributes] of parse(stdout)) found.set(path, attributes);
  }
  return entries.map((entry) => {
    const attributes = found.get(entry.path);
    return attributes ? { ...entry, attributes } : entry;
  });
}

/** Gives restored files their attributes; they must be writable still. */
export async function writeAttributes(root: string, entries: readonly Entry[]): Promise<void> {
  const having = entries.filter(({ attributes }) => attributes !== undefined);
  if (having.length === 0 || (await attributesLacking())) return;
  const folder = await mkdtemp(join(tmpdir(), 'fukugen-attributes-'));
  const list = join(folder, 'list');
  try {
    await writeFile(list, having.map(dumped).join('\n'), { mode: 0o600 });
    // 1: the file system knows no attributes; the comparison that follows says of which files.
    await runProgram('setfattr', ['--no-dereference', `--restore=${list}`], { folder: root, accept: [0, 1] });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function* batches(paths: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    batch.push(path);
    bytes += Buffer.byteLength(path) + 1;
    if (bytes < batchBytes) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/** `# file: path`, then `name=0sBASE64` a line, then an empty line. */
function* parse(dump: string): Generator<[string, Record<string, string>]> {
  for (const block of dump.split('\n\n')) {
    const [head, ...lines] = block.split('\n').filter(Boolean);
    if (!head?.startsWith('# file: ')) continue;
    const attributes: Record<string, string> = {};
    for (const line of lines) {
      // Base64 may end in equals signs itself.
      const equals = line.indexOf('=0s');
      if (equals >= 0) attributes[plain(line.slice(0, equals))] = line.slice(equals + 3);
    }
    yield [plain(head.slice('# file: '.length)), attributes];
  }
}

/** setfattr leaves an empty value out when it is written as base64. */
function dumped({ path, attributes = {} }: Entry): string {
  const lines = Object.entries(attributes).map(
    ([name, value]) => `${escaped(name)}=${value === '' ? '""' : `0s${value}`}`,
  );
  return `# file: ${escaped(path)}\n${lines.join('\n')}\n`;
}

/** Both programs write `\ooo` for what would break a line. */
function plain(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_match, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function escaped(text: string): string {
  return text.replace(/[\n\r\\=]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
