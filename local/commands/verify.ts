import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { exitStatus, statusOf } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { compareTree } from '../generation/compare-tree.ts';
import { readEntries } from '../generation/entry.ts';
import { layout, type Manifest, readManifest, type SourceRecord } from '../generation/manifest.ts';
import { readRecorded } from '../generation/recorded-file.ts';
import { walkTree } from '../generation/tree-walk.ts';
import { proveSource } from '../sources/index.ts';
import { chooseGeneration } from '../stores/choose.ts';
import type { Store } from '../stores/store.ts';
import type { RunContext } from '../system/run-context.ts';
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
      if (!options.dryRun) findings.push(...(await verifyGeneration(store, generation, options, context)));
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
      const [failed, records] = [manifest.failed.filter(isWanted), manifest.sources.filter(isWanted)];
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
): Promise<Pick<Finding, 'verdict' | 'text' | 'detail'>> {
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
    return {
      verdict: 'different',
      text: [`${lines.length} of ${entries.length} are not as recorded`, ...lines].join('\n'),
      detail: { differences },
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
