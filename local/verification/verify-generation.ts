import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { layout, type Manifest, readManifest, type SourceRecord } from '../generation/manifest.ts';
import { readWhole } from '../generation/recorded-file.ts';
import type { Memory } from '../retention/memory.ts';
import { isWithheld } from '../stores/choose.ts';
import type { Store } from '../stores/store.ts';
import type { RunContext } from '../system/run-context.ts';
import { strangersIn } from './bytes.ts';
import type { Finding, Result } from './finding.ts';
import { climb } from './ladder.ts';
import { type Level, levelsUpTo } from './levels.ts';
import { checkStore, Round, rememberResult } from './round.ts';

export interface Verification {
  readonly store: Store;
  readonly generation: string;
  readonly level: Level;
  /** @default - every source of the generation */
  readonly source?: string | undefined;
  /** In how many runs a repository that is read by parts is read whole. */
  readonly parts: number;
  /** Whether a verification that did not end is begun anew. */
  readonly restart: boolean;
  readonly memory: Memory;
}

/** Earlier work that was not done again. */
export interface Resumed {
  readonly store: string;
  readonly generation: string;
  /** Sources that are proven at every level asked for. */
  readonly proven: number;
  readonly of: number;
  /** ISO 8601: when the last of them was. */
  readonly at: string;
}

export interface Verified {
  readonly findings: readonly Finding[];
  readonly resumed?: Resumed;
}

/**
 * Proves one generation in one store, source by source. What an earlier run that was killed has proven at the same level, under the
 * same manifest, is not read again.
 *
 * @throws FukugenError `missing` when the generation does not hold the source; whatever keeps the store or this machine from answering
 */
export async function verifyGeneration(verification: Verification, context: RunContext): Promise<Verified> {
  const { store, generation, memory } = verification;
  const begins = new Date().toISOString();
  const findings: Finding[] = [];
  const add = (source: string, level: Level, result: Result & Pick<Finding, 'resumedFrom'>) =>
    findings.push({ store: store.name, generation, source, level, ...result });
  for (const text of await complaintsOf(verification, context)) add('(store)', 'bytes', { verdict: 'failed', text });
  let resumed: Resumed | undefined;
  let isOpen = false;
  try {
    context.progress.stage(`opening ${generation} in ${store.name}`);
    await store.open(generation, async (folder) => {
      isOpen = true;
      const manifest = await readManifest(folder);
      for (const text of await strangersIn(folder, manifest)) add('(generation)', 'bytes', { verdict: 'failed', text });
      const records = recordsIn(manifest, verification);
      if (!records) return;
      for (const { name, reason } of records.failed)
        add(name, 'bytes', { verdict: 'incomplete', text: `not in this generation: ${reason}` });
      const subject = { store: store.name, generation, manifest: await digestIn(folder), level: verification.level };
      const round =
        verification.source === undefined
          ? await Round.begin(memory, subject, begins, verification.restart)
          : undefined;
      resumed = round && resumedBy(round, records.here, verification);
      for (const record of records.here) {
        const known = (level: Level) => round?.done(record.name, level);
        const task = { folder: join(folder, layout.source(record.name)), record, top: verification.level, known };
        for await (const { level, result, resumedFrom } of climb(task, context)) {
          add(record.name, level, resumedFrom === undefined ? result : { ...result, resumedFrom });
          if (resumedFrom === undefined) await rememberResult(memory, subject, record.name, level, result);
        }
      }
      await round?.end(levelsUpTo(verification.level).filter((level) => isWhole(findings, level, records.here)));
    });
  } catch (error) {
    // Before it is open, what a store cannot give is damage; afterwards it is this machine that lacks something.
    const isDamage =
      error instanceof FukugenError && (error.code === 'mismatch' || (error.code === 'store' && !isOpen));
    if (!isDamage) throw error;
    add('(generation)', 'bytes', { verdict: 'failed', text: error.message });
  }
  return { findings, ...(resumed ? { resumed } : {}) };
}

/** The store's own check, unless this round has done it before it was killed. */
async function complaintsOf(
  { store, generation, level, parts, restart, memory }: Verification,
  context: RunContext,
): Promise<readonly string[]> {
  const { part, generations = {} } = (await memory.coverage()).stores[store.name] ?? {};
  const round = generations[generation]?.round;
  const isDone = !restart && round?.level === level && part?.verdict === 'proven' && part.at >= round.startedAt;
  if (isDone) return [];
  context.progress.stage(`checking ${store.name}`);
  return (await checkStore(memory, store, parts)).complaints;
}

/** `undefined` when the source is in the generation, and the store, which does not encrypt, has nothing of it. */
function recordsIn(
  manifest: Manifest,
  { store, generation, source }: Verification,
): { readonly failed: Manifest['failed']; readonly here: readonly SourceRecord[] } | undefined {
  const isWanted = ({ name }: { readonly name: string }) => source === undefined || name === source;
  const wanted = manifest.sources.filter(isWanted);
  const [failed, here] = [manifest.failed.filter(isWanted), wanted.filter((record) => !isWithheld(record, store))];
  if (source !== undefined && here.length === 0 && wanted.length > 0) return undefined;
  if (source === undefined || failed.length + here.length > 0) return { failed, here };
  throw new FukugenError('missing', `the generation ${generation} does not hold ${source}`, {
    next: 'fukugen list, then --at another generation',
  });
}

function isWhole(findings: readonly Finding[], level: Level, records: readonly SourceRecord[]): boolean {
  const isProven = (source: string) =>
    findings.some((one) => one.source === source && one.level === level && one.verdict === 'proven');
  return findings.every(({ verdict }) => verdict === 'proven') && records.every(({ name }) => isProven(name));
}

function resumedBy(
  round: Round,
  records: readonly SourceRecord[],
  { store, generation, level }: Verification,
): Resumed | undefined {
  const moments = records.flatMap(({ name }) => round.done(name, level)?.at ?? []);
  const at = moments.sort().at(-1);
  return at === undefined
    ? undefined
    : { store: store.name, generation, proven: moments.length, of: records.length, at };
}

async function digestIn(folder: string): Promise<string> {
  return (await readWhole(join(folder, `${layout.manifest}.sha256`))).toString().slice(0, 64);
}
