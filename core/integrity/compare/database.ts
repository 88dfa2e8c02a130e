import { counted } from '../../counted.ts';
import type { RoleFingerprint, Setting } from '../fingerprint.ts';
import type { Finding } from './comparison.ts';
import { byName, finding, type Pair } from './context.ts';
import { grantFindings } from './grants.ts';
import { notRead } from './tables.ts';

/** Properties of the database as a whole. Its name is not one: a restore goes beside, not over. */
export function* databaseFindings(pair: Pair): Generator<Finding> {
  const { database: recorded } = pair.recorded;
  const { database: found } = pair.found;
  if (recorded.encoding !== found.encoding) {
    yield finding(
      'difference',
      'encoding',
      'database',
      recorded.encoding,
      found.encoding,
      `the encoding is ${found.encoding}, recorded ${recorded.encoding}`,
    );
  }
  yield* collationFindings(pair);
  if (recorded.owner !== found.owner) {
    yield finding(
      'difference',
      'owner changed',
      'database',
      recorded.owner,
      found.owner,
      `the database belongs to ${found.owner}, recorded ${recorded.owner}`,
    );
  }
  for (const property of ['connectionLimit', 'comment'] as const) {
    if (recorded[property] === found[property]) continue;
    const word = property === 'comment' ? 'comment' : 'connection limit';
    yield finding(
      'difference',
      'database property',
      word,
      recorded[property],
      found[property],
      `the database's ${word} is ${found[property] ?? 'none'}, recorded ${recorded[property] ?? 'none'}`,
    );
  }
  yield* grantFindings(pair, 'database', recorded.grants, found.grants);
  yield* settingFindings('database', recorded.settings, found.settings);
  if (!pair.sameMajor) {
    yield finding(
      'note',
      'server version',
      'server',
      pair.recorded.server.version,
      pair.found.server.version,
      `restored into PostgreSQL ${pair.found.server.major}, recorded in ${pair.recorded.server.major}`,
    );
  }
}

function* collationFindings({ recorded, found, logical }: Pair): Generator<Finding> {
  const before = recorded.database.collation;
  const after = found.database.collation;
  for (const part of ['provider', 'collate', 'ctype', 'locale', 'rules'] as const) {
    if (before[part] === after[part]) continue;
    yield finding(
      'difference',
      'collation',
      part,
      before[part],
      after[part],
      `the collation's ${part} is ${after[part] ?? 'none'}, recorded ${before[part] ?? 'none'}`,
    );
  }
  if (before.actualVersion !== after.actualVersion) {
    // A logical restore builds every index anew; the files of a physical one are sorted by the library they were written with.
    yield finding(
      logical ? 'note' : 'difference',
      'collation',
      'version',
      before.actualVersion,
      after.actualVersion,
      `the library that sorts text is version ${after.actualVersion ?? 'unknown'}, recorded ${before.actualVersion ?? 'unknown'}${logical ? '' : ': REINDEX what sorts text'}`,
    );
  }
}

function* settingFindings(object: string, recorded: readonly Setting[], found: readonly Setting[]): Generator<Finding> {
  const key = ({ role, name }: Setting) => (role === null ? name : `${name} of role ${role}`);
  const before = byName(recorded, key);
  const after = byName(found, key);
  for (const [name, { value }] of before) {
    const now = after.get(name);
    if (!now)
      yield finding('difference', 'setting lost', name, value, null, `${object}: setting ${name} = ${value} is lost`);
    else if (now.value !== value)
      yield finding(
        'difference',
        'setting changed',
        name,
        value,
        now.value,
        `${object}: setting ${name} is ${now.value}, recorded ${value}`,
      );
  }
  for (const [name, { value }] of after) {
    if (!before.has(name))
      yield finding(
        'difference',
        'setting extra',
        name,
        null,
        value,
        `${object}: setting ${name} = ${value} was not there when the backup was taken`,
      );
  }
}

export function* extensionFindings({ recorded, found, logical }: Pair): Generator<Finding> {
  const before = byName(recorded.extensions, ({ name }) => name);
  const after = byName(found.extensions, ({ name }) => name);
  for (const [name, extension] of before) {
    const other = after.get(name);
    if (!other) {
      yield finding(
        'difference',
        'extension missing',
        name,
        extension.version,
        null,
        `extension ${name} ${extension.version} is missing`,
      );
      continue;
    }
    if (other.version !== extension.version) {
      // CREATE EXTENSION, which is all that a dump says, installs the newest version there is.
      const newer = other.version.localeCompare(extension.version, 'en', { numeric: true }) > 0;
      yield finding(
        logical && newer ? 'note' : 'difference',
        'extension version',
        name,
        extension.version,
        other.version,
        `extension ${name} is ${other.version}, recorded ${extension.version}`,
      );
    }
    if (other.schema !== extension.schema) {
      yield finding(
        'difference',
        'extension version',
        name,
        extension.schema,
        other.schema,
        `extension ${name} is in schema ${other.schema}, recorded ${extension.schema}`,
      );
    }
  }
  for (const [name, { version }] of after) {
    if (!before.has(name))
      yield finding(
        'difference',
        'extension extra',
        name,
        null,
        version,
        `extension ${name} was not there when the backup was taken`,
      );
  }
}

/** Roles live beside databases, so after a logical restore their attributes are another server's business. */
export function* roleFindings({ recorded, found, logical }: Pair): Generator<Finding> {
  const after = byName(found.roles, ({ name }) => name);
  const severity = logical ? 'note' : 'difference';
  for (const role of recorded.roles) {
    const other = after.get(role.name);
    if (!other) {
      yield finding(
        'difference',
        'role missing',
        role.name,
        role.name,
        null,
        `role ${role.name} is missing, or nothing belongs or is granted to it any more`,
      );
      continue;
    }
    for (const part of ['attributes', 'memberOf', 'connectionLimit'] as const) {
      const [then, now] = [said(role, part), said(other, part)];
      if (then !== now)
        yield finding(
          severity,
          'role changed',
          role.name,
          then,
          now,
          `role ${role.name}: ${words[part]} ${now || 'none'}, recorded ${then || 'none'}`,
        );
    }
    for (const { kind, text, ...rest } of settingFindings(`role ${role.name}`, role.settings, other.settings)) {
      yield { ...rest, severity, kind, text };
    }
  }
}

const words = {
  attributes: 'attributes are',
  memberOf: 'memberships are',
  connectionLimit: 'connection limit is',
} as const;

function said(role: RoleFingerprint, part: keyof typeof words): string {
  const value = role[part];
  return typeof value === 'number' ? String(value) : value.join(', ');
}

export function* largeObjectFindings({ recorded, found }: Pair): Generator<Finding> {
  const before = recorded.largeObjects;
  const after = found.largeObjects;
  const unseenThen = recorded.unseen.find(({ kind }) => kind === 'large objects');
  const unseenNow = found.unseen.find(({ kind }) => kind === 'large objects');
  if (before.count !== after.count) {
    yield finding(
      'difference',
      'large objects',
      'large objects',
      before.count,
      after.count,
      `${counted(after.count, 'large object')}, recorded ${before.count}`,
    );
  } else if (unseenThen ?? unseenNow) {
    if (unseenThen) yield notRead(unseenThen, 'when the backup was taken');
    if (unseenNow) yield notRead(unseenNow, 'after the restore');
  } else if (before.content !== after.content) {
    yield finding(
      'difference',
      'large objects',
      'large objects',
      before.content,
      after.content,
      `${counted(before.count, 'large object')} as recorded, but not the same content (${before.bytes} bytes recorded, ${after.bytes} found)`,
    );
  }
  if (before.count === after.count && before.access !== after.access) {
    yield finding(
      'difference',
      'grant lost',
      'large objects',
      before.access,
      after.access,
      'owners or grants of large objects differ',
    );
  }
}
