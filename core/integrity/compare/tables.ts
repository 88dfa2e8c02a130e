import { counted } from '../../counted.ts';
import type { TableFingerprint, Unseen } from '../fingerprint.ts';
import { named } from '../names.ts';
import type { Finding } from './comparison.ts';
import { byName, finding, type Pair } from './context.ts';

const nameOf = (table: TableFingerprint) => named(table.schema, table.name);

export function* tableFindings(pair: Pair): Generator<Finding> {
  const recorded = byName(pair.recorded.tables, nameOf);
  const found = byName(pair.found.tables, nameOf);
  const hiddenThen = byName(pair.recorded.unseen.filter(isTable), (item) => item.name);
  const hiddenNow = byName(pair.found.unseen.filter(isTable), (item) => item.name);
  for (const [name, table] of recorded) {
    const other = found.get(name);
    const hidden = hiddenNow.get(name);
    if (other) yield* rowFindings(pair, name, table, other);
    else if (hidden) yield notRead(hidden, 'after the restore');
    else {
      yield finding(
        'difference',
        'table missing',
        name,
        table.rows,
        null,
        `${label(table)} ${name} is missing, with ${counted(table.rows, 'row')}`,
      );
    }
  }
  for (const [name, table] of found) {
    if (!recorded.has(name) && !hiddenThen.has(name)) {
      yield finding(
        'difference',
        'table extra',
        name,
        null,
        table.rows,
        `${label(table)} ${name} was not there when the backup was taken; it has ${counted(table.rows, 'row')}`,
      );
    }
  }
  for (const hidden of hiddenThen.values()) yield notRead(hidden, 'when the backup was taken');
  for (const hidden of hiddenNow.values()) {
    if (!recorded.has(hidden.name) && !hiddenThen.has(hidden.name)) yield notRead(hidden, 'after the restore');
  }
}

/** Both were read: every row of one against every row of the other. */
export function isCompared(pair: Pair): (table: TableFingerprint) => boolean {
  const found = byName(pair.found.tables, nameOf);
  return (table) => found.has(nameOf(table));
}

function* rowFindings(
  pair: Pair,
  name: string,
  recorded: TableFingerprint,
  found: TableFingerprint,
): Generator<Finding> {
  const lost = recorded.rows - found.rows;
  const what = label(recorded);
  if (recorded.kind === 'materialized view') {
    yield* viewFindings(pair, name, recorded, found);
    return;
  }
  if (lost === 0 && recorded.content === found.content) return;
  if (!pair.logical && recorded.persistence === 'unlogged' && found.rows === 0) {
    yield finding(
      'note',
      'rows missing',
      name,
      recorded.rows,
      0,
      `unlogged ${what} ${name} is empty, as after every crash or snapshot; it had ${counted(recorded.rows, 'row')}`,
    );
  } else if (lost > 0) {
    yield finding(
      'difference',
      'rows missing',
      name,
      recorded.rows,
      found.rows,
      `${what} ${name}: ${counted(lost, 'row')} missing of ${counted(recorded.rows, 'row')}`,
    );
  } else if (lost < 0) {
    yield finding(
      'difference',
      'rows extra',
      name,
      recorded.rows,
      found.rows,
      `${what} ${name}: ${counted(-lost, 'row')} too many, ${counted(recorded.rows, 'row')} recorded`,
    );
  } else {
    yield finding(
      'difference',
      'content differs',
      name,
      recorded.content,
      found.content,
      `${what} ${name}: ${counted(recorded.rows, 'row')} as recorded, but not the same content`,
    );
  }
}

/** A dump holds the query, not its result: pg_restore runs it again, at another time. */
function* viewFindings(
  pair: Pair,
  name: string,
  recorded: TableFingerprint,
  found: TableFingerprint,
): Generator<Finding> {
  const severity = pair.logical ? 'note' : 'difference';
  if (recorded.populated !== found.populated) {
    const emptied = found.populated === false;
    yield finding(
      emptied ? 'difference' : severity,
      emptied ? 'rows missing' : 'rows extra',
      name,
      recorded.rows,
      found.rows,
      `materialized view ${name} is ${emptied ? 'not populated; it was' : 'populated; it was not'}`,
    );
  } else if (recorded.rows !== found.rows || recorded.content !== found.content) {
    yield finding(
      severity,
      'content differs',
      name,
      recorded.content,
      found.content,
      `materialized view ${name} has other content${pair.logical ? ', having been computed again' : ''} (${counted(recorded.rows, 'row')} recorded, ${counted(found.rows, 'row')} found)`,
    );
  }
}

function label({ kind }: TableFingerprint): string {
  return kind;
}

function isTable({ kind }: Unseen): boolean {
  return kind === 'table';
}

/** What nobody could have read, or chose not to, is said and not held against the restore. */
export function notRead({ kind, name, why, text }: Unseen, when: string): Finding {
  const severity = why === 'foreign' || (why === 'excluded' && when.startsWith('when')) ? 'note' : 'uncovered';
  const object = kind === name ? name : `${why === 'foreign' ? 'foreign ' : ''}${kind} ${name}`;
  return finding(severity, 'not read', name, null, null, `${object} was not compared: ${text} (${when})`);
}
