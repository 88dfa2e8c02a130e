import { FukugenError } from '../../core/errors.ts';
import { exitStatus, statusOf } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { Memory } from '../retention/memory.ts';
import { chooseGeneration } from '../stores/choose.ts';
import { GenerationsStore } from '../stores/generations.ts';
import { RcloneStore } from '../stores/rclone.ts';
import type { Store } from '../stores/store.ts';
import type { RunContext } from '../system/run-context.ts';
import { isSystemError } from '../system/store-failure.ts';
import { type Finding, renderFinding } from '../verification/finding.ts';
import { momentText } from '../verification/ladder.ts';
import { levelFrom } from '../verification/levels.ts';
import { nextPart, partsFrom, usualParts } from '../verification/part.ts';
import { renderSummary, type SummaryRow, summarise } from '../verification/summary.ts';
import { type Resumed, verifyGeneration } from '../verification/verify-generation.ts';
import { chooseStores, type Workspace } from '../workspace.ts';
import { eachStore, unavailableJson, unavailableText } from './each-store.ts';

export interface VerifyOptions extends GlobalOptions {
  readonly store?: string;
  readonly source?: string;
  /** A generation's name, or `latest`. */
  readonly at: string;
  /** See `verification/levels.ts`. @default 'bytes' */
  readonly level?: string;
  /** In how many runs a restic repository is read whole. @default 7 */
  readonly parts?: string;
  /** Begin anew what an earlier run did not end. */
  readonly restart?: boolean;
  /** Verify nothing; show what was. */
  readonly summary?: boolean;
}

/** Proves what is stored, up to a level; what it covered is remembered, and shown at the end. */
export async function verify(workspace: Workspace, options: VerifyOptions, context: RunContext): Promise<Outcome> {
  const level = levelFrom(options.level ?? 'bytes');
  const parts = partsFrom(options.parts ?? String(usualParts));
  const stores = chooseStores(workspace, options.store);
  const memory = new Memory(workspace.state);
  if (options.summary) {
    const rows = await summaryOf(workspace, stores, options, memory);
    return { status: exitStatus.success, json: { summary: rows }, text: renderSummary(rows), isAnswer: true };
  }
  const findings: Finding[] = [];
  const resumed: Resumed[] = [];
  const plans: string[] = [];
  const unavailable = await eachStore(stores, async (store) => {
    const generation = await chooseGeneration(store, options.at);
    if (options.dryRun) {
      plans.push(await planFor(store, generation, level, parts, memory));
      return;
    }
    const task = {
      store,
      generation,
      level,
      source: options.source,
      parts,
      restart: options.restart ?? false,
      memory,
    };
    const verified = await verifyGeneration(task, context);
    findings.push(...verified.findings);
    if (verified.resumed) resumed.push(verified.resumed);
    // A store that does not encrypt has nothing of a secret source to verify.
    if (verified.findings.length > 0)
      await markDoubt(store, generation, verified.findings, options.source === undefined);
  });
  const [first] = unavailable;
  // One store out of reach does not keep the others from being proven; it keeps the whole from being called so.
  const status = statusFor(findings, first?.error);
  if (options.dryRun) {
    const lines = [...plans, ...unavailableText(unavailable, 'cannot verify')];
    return { status, json: { dryRun: true, plans: lines }, text: lines.join('\n'), isAnswer: true };
  }
  if (findings.length === 0 && !first) {
    throw new FukugenError(
      'missing',
      `none of these stores encrypts, so none holds a file of ${options.source ?? 'these sources'}`,
      {
        next: 'name a store that encrypts with --store',
      },
    );
  }
  const summary = await summaryOf(workspace, stores, options, memory);
  return {
    status,
    json: {
      verified: status === exitStatus.success,
      level,
      findings,
      resumed,
      unavailable: unavailableJson(unavailable),
      summary,
    },
    text: [
      ...resumed.map(renderResumed),
      ...findings.map(renderFinding),
      ...unavailableText(unavailable, 'NOT VERIFIED'),
      '',
      renderSummary(summary),
    ].join('\n'),
  };
}

function statusFor(findings: readonly Finding[], unavailable: FukugenError | undefined): number {
  const verdicts = new Set(findings.map(({ verdict }) => verdict));
  if (verdicts.has('failed')) return exitStatus.mismatch;
  if (unavailable) return statusOf(unavailable.code);
  return verdicts.has('incomplete') ? exitStatus.incomplete : exitStatus.success;
}

async function planFor(
  store: Store,
  generation: string,
  level: string,
  parts: number,
  memory: Memory,
): Promise<string> {
  const known = (await memory.coverage()).stores[store.name];
  const { number, of } = nextPart(known?.part, parts);
  const repository = store.kind === 'restic' ? `, and part ${number} of ${of} of the repository` : '';
  const round = known?.generations[generation]?.round;
  const rest = round?.level === level ? `, going on from ${momentText(round.startedAt)}` : '';
  return `would verify ${generation} in ${store.name} up to ${level}${repository}${rest}`;
}

/** Of the sources that the policy names, those that a store may hold. */
async function summaryOf(
  workspace: Workspace,
  stores: readonly Store[],
  { source }: VerifyOptions,
  memory: Memory,
): Promise<SummaryRow[]> {
  const wanted = workspace.sources.filter(({ name }) => source === undefined || name === source);
  const sources = stores.map(({ name, encrypted }) => ({
    store: name,
    sources: wanted.filter(({ encryptedOnly }) => encrypted || !encryptedOnly).map((one) => one.name),
  }));
  return summarise(await memory.coverage(), sources);
}

function renderResumed({ store, proven, of, at }: Resumed): string {
  return `resumed: ${proven} of ${of} sources in ${store} were proven at ${momentText(at)}`;
}

/** See `stores/doubt.ts`. A store that cannot be written now takes no backup either, so a mark is not missed. */
async function markDoubt(
  store: Store,
  generation: string,
  findings: readonly Finding[],
  ofAllSources: boolean,
): Promise<void> {
  if (!(store instanceof GenerationsStore || store instanceof RcloneStore)) return;
  const damaged = findings.flatMap((finding) => finding.damaged ?? []);
  const [newest] = await store.list();
  const isWhole = ofAllSources && findings.every(({ verdict }) => verdict !== 'failed');
  try {
    if (damaged.length > 0) await store.doubt.cast(damaged);
    else if (isWhole && generation === newest?.generation) await store.doubt.dispel();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
