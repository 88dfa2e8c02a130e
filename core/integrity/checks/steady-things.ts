import { byName } from '../compare/context.ts';
import type { DatabaseFingerprint, RoleFingerprint, SchemaObject } from '../fingerprint.ts';
import type { CheckFinding } from './check.ts';

const nameOf = ({ kind, name }: SchemaObject) => `${kind} ${name}`;

/** What was the same in both baselines, tables' rows apart, and is not the same in the restored database. */
export function steadyThings(
  before: DatabaseFingerprint,
  after: DatabaseFingerprint,
  found: DatabaseFingerprint,
): readonly CheckFinding[] {
  return [
    ...objects(before, after, found),
    ...extensionFindings(before, found, after),
    ...roles(before, after, found),
    ...largeObjects(before, after, found),
  ];
}

function* objects(
  before: DatabaseFingerprint,
  after: DatabaseFingerprint,
  found: DatabaseFingerprint,
): Generator<CheckFinding> {
  if (before.schema.digest === after.schema.digest && before.schema.digest === found.schema.digest) return;
  const then = byName(before.schema.objects, nameOf);
  const later = byName(after.schema.objects, nameOf);
  const now = byName(found.schema.objects, nameOf);
  for (const [name, object] of then) {
    const restored = now.get(name);
    if (!isSame(object, later.get(name)) || isSame(object, restored)) continue;
    // The table that it goes with is the news.
    if (!restored && object.of !== undefined && then.has(object.of) && !now.has(object.of)) continue;
    yield {
      object: name,
      text: restored ? 'is defined, owned or granted differently than in production' : 'is missing',
    };
  }
  if (before.schema.digest !== after.schema.digest) return;
  for (const [name, object] of now) {
    if (then.has(name) || (object.of !== undefined && !then.has(object.of))) continue;
    yield { object: name, text: 'was not there in production' };
  }
}

function isSame(one: SchemaObject, other: SchemaObject | undefined): boolean {
  return (
    other !== undefined &&
    one.digest === other.digest &&
    one.owner === other.owner &&
    JSON.stringify(one.grants ?? []) === JSON.stringify(other.grants ?? [])
  );
}

/**
 * Extensions of a former fingerprint that are missing or have another version. One too many is no loss: the drill brings amcheck itself,
 * which for the same reason is never missed.
 *
 * @param after - another former one, to leave out what changed between the two. @default - none
 */
export function* extensionFindings(
  before: DatabaseFingerprint,
  found: DatabaseFingerprint,
  after: DatabaseFingerprint = before,
): Generator<CheckFinding> {
  const later = byName(after.extensions, ({ name }) => name);
  const now = byName(found.extensions, ({ name }) => name);
  for (const { name, version } of before.extensions) {
    if (name === 'amcheck' || later.get(name)?.version !== version) continue;
    const restored = now.get(name);
    if (!restored) yield { object: `extension ${name}`, text: 'is missing' };
    else if (restored.version !== version) {
      yield { object: `extension ${name}`, text: `has version ${restored.version}; it was ${version}` };
    }
  }
}

/** Roles of the engine and of RDS are theirs to change. */
const foreign = /^(pg_|rds)/;

function* roles(
  before: DatabaseFingerprint,
  after: DatabaseFingerprint,
  found: DatabaseFingerprint,
): Generator<CheckFinding> {
  const later = byName(after.roles, ({ name }) => name);
  const now = byName(found.roles, ({ name }) => name);
  for (const role of before.roles) {
    const then = later.get(role.name);
    if (foreign.test(role.name) || !then || lost(role, then).length > 0 || lost(then, role).length > 0) continue;
    const restored = now.get(role.name);
    if (!restored) yield { object: `role ${role.name}`, text: 'is missing' };
    else for (const what of lost(role, restored)) yield { object: `role ${role.name}`, text: `${what} is lost` };
  }
}

/** A membership too many is the drill's own: it has itself granted what it needs to read. */
function lost(role: RoleFingerprint, restored: RoleFingerprint): readonly string[] {
  return [
    ...role.attributes.filter((attribute) => !restored.attributes.includes(attribute)),
    ...role.memberOf.filter((group) => !restored.memberOf.includes(group)).map((group) => `membership of ${group}`),
    ...role.settings
      .filter((one) => !restored.settings.some(({ name, value }) => one.name === name && one.value === value))
      .map(({ name }) => `setting ${name}`),
  ];
}

function* largeObjects(
  before: DatabaseFingerprint,
  after: DatabaseFingerprint,
  found: DatabaseFingerprint,
): Generator<CheckFinding> {
  const { count, content } = before.largeObjects;
  const unread = [before, after, found].some(({ unseen }) => unseen.some(({ kind }) => kind === 'large objects'));
  if (unread || after.largeObjects.count !== count || after.largeObjects.content !== content) return;
  if (found.largeObjects.count === count && found.largeObjects.content === content) return;
  yield {
    object: 'large objects',
    text: `${found.largeObjects.count} are there, of ${count}, or their contents differ`,
  };
}
