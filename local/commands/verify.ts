import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { exitStatus, statusOf } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { compareTree } from '../generation/compare-tree.ts';
import { readEntries } from '../generation/entry.ts';
import { layout, type Manifest, readManifest, type SourceRecord } from '../generation/manifest.ts';
import { readRecorded } from '../generation/recorded-file.ts';
import { walkTree } from '../generation/tree-walk.ts';
import { Memory } from '../retention/memory.ts';
import { proveSource } from '../sources/index.ts';
import { chooseGeneration, isWithheld } from '../stores/choose.ts';
import { GenerationsStore } from '../stores/generations.ts';
import { RcloneStore } from '../stores/rclone.ts';
import type { Store } from '../stores/store.ts';
import type { RunContext } from '../system/run-context.ts';
import { isSystemError } from '../system/store-failure.ts';
import { chooseStores, type Workspace } from '../workspace.ts';

export interface VerifyOptions extends GlobalOptions {
  readonly store?: string;
  readonly source?: string;
  /** A generation's name, or `latest`. */
  readonly at: string;
  /** Also restore each source into a throwaway place and compare it with what was recorded. */
  readonly full?: boolean;
}

interface Finding {
  readonly store: string;
  readonly generation: string;
  readonly source: string;
  /** bytes: every stored file has its SHA-256. identical: a restore was compared with what was recorded. */
  readonly level: 'bytes' | 'identical';
  readonly verdict: 'identical' | 'different' | 'incomplete';
  readonly text: string;
  readonly detail?: unknown;
  /** SHA-256 of the contents that files should have and do not. */
  readonly damaged?: readonly string[];
}

/** Reads what is stored and holds it against what was recorded; with `full`, restores it and compares the contents. */
export async function verify(workspace: Workspace, options: VerifyOptions, context: RunContext): Promise<Outcome> {
  const findings: Finding[] = [];
  const plans: string[] = [];
  const unavailable: { readonly store: string; readonly error: FukugenError }[] = [];
  const stores = chooseStores(workspace, options.store);
  for (const store of stores) {
    try {
      const generation = await chooseGeneration(store, options.at);
      plans.push(
        `would verify ${generation} in ${store.name}${options.full ? ', restoring it into a throwaway place' : ''}`,
      );
      if (options.dryRun) continue;
      const found = await verifyGeneration(store, generation, options, context);
      // A store that does not encrypt has nothing of a secret source to verify.
      if (found.length === 0) continue;
      findings.push(...found);
      if (options.source === undefined) await remember(workspace, store, generation, found);
      await markDoubt(store, generation, found);
    } catch (error) {
      // One store out of reach does not keep the others from being proven; it keeps the whole from being called so.
      if (!(error instanceof FukugenError) || error.code === 'cancelled' || stores.length === 1) throw error;
      unavailable.push({ store: store.name, error });
      plans.push(`cannot verify ${store.name}: ${error.message}`);
    }
  }
  const [first] = unavailable;
  if (first && unavailable.length === stores.length) throw first.error;
  const verdicts = new Set(findings.map((finding) => finding.verdict));
  const status = verdicts.has('different')
    ? exitStatus.mismatch
    : first
      ? statusOf(first.error.code)
      : verdicts.has('incomplete')
        ? exitStatus.incomplete
        : exitStatus.success;
  if (!options.dryRun && findings.length === 0 && !first) {
    throw new FukugenError('missing', `none of these stores encrypts, so none holds a file of ${options.source}`, {
      next: 'name a store that encrypts with --store',
    });
  }
  if (options.dryRun) return { status, json: { dryRun: true, plans }, text: plans.join('\n'), isAnswer: true };
  const missed = unavailable.map(({ store, error }) => ({ store, code: error.code, message: error.message }));
  return {
    status,
    json: { verified: status === exitStatus.success, findings, unavailable: missed },
    text: [...findings.map(render), ...missed.map(({ store, message }) => `NOT VERIFIED  ${store}: ${message}`)].join(
      '\n',
    ),
  };
}

/** `prune` never removes the newest generation that was proven; one that was proven in part was not. */
async function remember(
  workspace: Workspace,
  store: Store,
  generation: string,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.some(({ verdict }) => verdict !== 'identical')) return;
  for (const level of new Set(findings.map((finding) => finding.level)))
    await new Memory(workspace.state).rememberProof(store.name, generation, level);
}

/** See `stores/doubt.ts`. A store that cannot be written now takes no backup either, so a mark is not missed. */
async function markDoubt(store: Store, generation: string, findings: readonly Finding[]): Promise<void> {
  if (!(store instanceof GenerationsStore || store instanceof RcloneStore)) return;
  const damaged = findings.flatMap((finding) => finding.damaged ?? []);
  const [newest] = await store.list();
  const isWhole = findings.every(({ verdict }) => verdict !== 'different');
  try {
    if (damaged.length > 0) await store.doubt.cast(damaged);
    else if (isWhole && generation === newest?.generation) await store.doubt.dispel();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

async function verifyGeneration(
  store: Store,
  generation: string,
  options: VerifyOptions,
  context: RunContext,
): Promise<Finding[]> {
  const base = { store: store.name, generation };
  context.progress.stage(`checking ${store.name}`);
  const complaints = await store.check();
  const findings: Finding[] = complaints.map((text) => ({
    ...base,
    source: '(store)',
    level: 'bytes',
    verdict: 'different',
    text,
  }));
  try {
    await store.open(generation, async (folder) => {
      const manifest = await readManifest(folder);
      findings.push(
        ...(await strangers(folder, manifest)).map((text) => ({
          ...base,
          source: '(generation)',
          level: 'bytes' as const,
          verdict: 'different' as const,
          text,
        })),
      );
      const isWanted = ({ name }: { readonly name: string }) => options.source === undefined || name === options.source;
      const isHere = (record: SourceRecord) => isWanted(record) && !isWithheld(record, store);
      const [failed, records] = [manifest.failed.filter(isWanted), manifest.sources.filter(isHere)];
      if (options.source !== undefined && records.length === 0 && manifest.sources.some(isWanted)) return;
      if (failed.length + records.length === 0) {
        throw new FukugenError('missing', `the generation ${generation} does not hold ${options.source}`, {
          next: 'fukugen list, then --at another generation',
        });
      }
      for (const { name, reason } of failed) {
        const text = `not in this generation: ${reason}`;
        findings.push({ ...base, source: name, level: 'bytes', verdict: 'incomplete', text });
      }
      for (const record of records) {
        const bytes = await verifyBytes(folder, record, context);
        findings.push({ ...base, source: record.name, level: 'bytes', ...bytes });
        // A restore of damaged files proves nothing that is not known by now.
        if (!options.full || bytes.verdict === 'different') continue;
        context.progress.stage(`restoring ${record.name} from ${store.name} and comparing`);
        findings.push({
          ...base,
          source: record.name,
          level: 'identical',
          ...(await proveSource(join(folder, layout.source(record.name)), record, context)),
        });
      }
    });
  } catch (error) {
    if (!(error instanceof FukugenError) || !['mismatch', 'store'].includes(error.code)) throw error;
    findings.push({ ...base, source: '(generation)', level: 'bytes', verdict: 'different', text: error.message });
  }
  return findings;
}

async function verifyBytes(
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Pick<Finding, 'verdict' | 'text' | 'detail' | 'damaged'>> {
  context.progress.stage(`reading ${record.name}`);
  try {
    if (record.detail.kind === 'postgres')
      await readRecorded(join(folder, layout.fingerprint(record.name)), record.detail.fingerprint);
    const entries = await readEntries(join(folder, layout.files(record.name)), record.files);
    const differences = await compareTree(join(folder, layout.data(record.name)), entries, {
      onFile: (done, total) => context.progress.count(done, total, 'files'),
      signal: context.signal,
    });
    if (differences.length === 0)
      return {
        verdict: 'identical',
        text: `${entries.length} files and folders, ${record.files.bytes} bytes: as recorded`,
      };
    const lines = differences.map((difference) => `${difference.path}: ${difference.text}`);
    const different = new Set(differences.map(({ path }) => path));
    return {
      verdict: 'different',
      text: [`${lines.length} of ${entries.length} are not as recorded`, ...lines].join('\n'),
      detail: { differences },
      damaged: entries.flatMap((entry) => (entry.type === 'file' && different.has(entry.path) ? [entry.sha256] : [])),
    };
  } catch (error) {
    if (!(error instanceof FukugenError) || error.code !== 'mismatch') throw error;
    return { verdict: 'different', text: error.message };
  }
}

/** Files of a generation that nothing recorded. */
async function strangers(folder: string, manifest: Manifest): Promise<string[]> {
  const known = new Set<string>([layout.manifest, `${layout.manifest}.sha256`, 'sources']);
  for (const { name, kind } of manifest.sources) {
    for (const path of [layout.source(name), layout.data(name), layout.files(name)]) known.add(path);
    if (kind === 'postgres') known.add(layout.fingerprint(name));
  }
  const data = manifest.sources.map(({ name }) => `${layout.data(name)}/`);
  const { found } = await walkTree(folder, (path) => data.some((prefix) => path.startsWith(prefix)));
  return found.filter(({ path }) => !known.has(path)).map(({ path }) => `${path} was not recorded`);
}

function render(finding: Finding): string {
  const mark = { identical: 'ok', different: 'DIFFERENT', incomplete: 'INCOMPLETE' }[finding.verdict];
  const [first, ...rest] = finding.text.split('\n');
  return [
    `${mark}  ${finding.store}  ${finding.generation}  ${finding.source}  ${finding.level}: ${first}`,
    ...rest.map((line) => `    ${line}`),
  ].join('\n');
}
