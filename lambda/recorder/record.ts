import { canonicalJson } from '../../core/evidence/canonical.ts';
import type { DrillFacts } from '../../core/evidence/facts.ts';
import { assembleFingerprints } from '../../core/evidence/fingerprints.ts';
import { judge } from '../../core/evidence/judge.ts';
import type { DrillRecord } from '../../core/evidence/record.ts';
import { sealRecord } from '../../core/evidence/seal.ts';
import { digestOf } from '../../core/integrity/digest.ts';
import type { DrillTarget } from '../operator/messages.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import { compareWithFormer } from './compare-with-former.ts';
import { newestRecords, type StoredRecord } from './evidence.ts';
import { causeOf } from './failure.ts';
import { figuresOf } from './figures.ts';
import type { RecorderHost } from './host.ts';
import type { Recorded, RecordInput } from './messages.ts';
import { type Notes, readNotes } from './notes.ts';

/** Two drills of the same database may end at the same moment; ten that keep overtaking each other are a defect. */
const mostAttempts = 10;

/**
 * Writes the record of one target at the end of its chain, and its figures. Whoever comes second for the same number takes the next;
 * whoever comes a second time for the same target finds what was written the first time.
 *
 * @throws when the evidence cannot be read or written, or the figures cannot be published
 */
export async function record({ target, failure }: RecordInput, plan: DrillPlan, host: RecorderHost): Promise<Recorded> {
  const notes = await readNotes(target, host);
  const finishedAt = host.now().toISOString();
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const { newest, own } = await endOfChain(target, plan, host);
    if (own) return tell(own.key, own.record, host);
    const previous = newest && { key: newest.key, sha256: digestOf(newest.text) };
    const facts: DrillFacts = {
      ...known(target, plan),
      sequence: (newest?.record.sequence ?? 0) + 1,
      previous: previous ?? null,
      finishedAt,
      ...looked(notes, finishedAt),
      compared: await compareWithFormer(target, plan, notes, host),
      ...(failure && { failure: causeOf(failure) }),
      fingerprints: await keepFingerprints(target, plan, notes, host),
    };
    const sealed = sealRecord(judge(facts));
    const key = drillKeys.record(regionOf(plan), target.database, facts.sequence);
    if (await host.keep(key, sealed.text, 'application/json')) return tell(key, sealed.record, host);
  }
  throw new Error(`record: other drills of ${target.database} took every number that was tried`);
}

export function regionOf({ place, primaryRegion, replicaRegion }: DrillPlan): string {
  return place === 'primary' ? primaryRegion : replicaRegion;
}

async function tell(key: string, { database, verdict, cause, ...rest }: DrillRecord, host: RecorderHost) {
  await host.publish(figuresOf({ database, verdict, cause, ...rest }));
  return { database, verdict, key, cause: cause?.text ?? null };
}

/** The newest record, and the one that this target has already, which can be no older than the drill. */
async function endOfChain({ execution, database, startedAt }: DrillTarget, plan: DrillPlan, host: RecorderHost) {
  let newest: StoredRecord | undefined;
  for await (const stored of newestRecords(host, regionOf(plan), database)) {
    newest ??= stored;
    if (stored.record.drill === execution) return { newest, own: stored };
    if (Date.parse(stored.record.finishedAt) < Date.parse(startedAt)) break;
  }
  return { newest, own: undefined };
}

function known(target: DrillTarget, plan: DrillPlan) {
  const database = plan.databases.find(({ name }) => name === target.database);
  if (!database) throw new Error(`record: the policy has no database ${target.database}`);
  return {
    policy: plan.policy,
    drill: target.execution,
    trigger: target.trigger,
    database: target.database,
    kind: target.kind,
    place: plan.place,
    region: regionOf(plan),
    source: target.source,
    startedAt: target.startedAt,
    scratch: target.scratch,
    objectives: database.objectives,
    ...(database.usdPerHour !== undefined && { usdPerHour: database.usdPerHour }),
    waitsUntilLoaded: plan.waitUntilLoaded && target.kind === 'instance',
    checks: plan.checks,
  };
}

/** The machine comes here as soon as the last batch has answered, so that no mark of it was lost to a killed function. */
function looked({ note, marks, survey, answers }: Notes, now: string) {
  const isChecked = survey?.batches.every((_, number) => answers.has(number)) ?? false;
  const isMarked = marks.some(({ name }) => name === 'checked');
  return {
    ...(note && { note }),
    ...(survey && { survey }),
    marks: isChecked && !isMarked ? [...marks, { name: 'checked' as const, at: now }] : marks,
    answers,
  };
}

async function keepFingerprints(target: DrillTarget, plan: DrillPlan, { survey, answers }: Notes, host: RecorderHost) {
  if (!survey) return null;
  const fingerprints = assembleFingerprints(survey, answers);
  if (Object.keys(fingerprints).length === 0) return null;
  const text = canonicalJson(fingerprints);
  const key = drillKeys.fingerprints(regionOf(plan), target.database, target.execution);
  if (await host.keep(key, text, 'application/json')) return { key, sha256: digestOf(text) };
  const first = await host.read(key);
  if (first === undefined) throw new Error(`record: ${key} is there and cannot be read`);
  return { key, sha256: digestOf(first) };
}
