import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { defaultPrices, type FileSystems, type Prices, parsePrices, planPolicy } from '../../core/coverage/index.ts';
import { FukugenError } from '../../core/errors.ts';
import { type LoadedPolicy, loadPolicy } from '../../core/policy/index.ts';
import { asMarkdown, asText } from '../console/document.ts';
import { exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { folderOf } from '../stores/folder-of.ts';
import { policyPath } from '../system/folders.ts';
import { report } from './plan-report.ts';

export interface PlanOptions extends GlobalOptions {
  /** As Markdown, for a pull request or a page of the team. */
  readonly markdown?: boolean;
}

/** What the policy achieves and costs, before anything runs. Reads the policy alone; no secret, no store, no AWS. */
export async function plan(folder: string, options: PlanOptions, now: Date = new Date()): Promise<Outcome> {
  const loaded = await loadPolicy(folder, options.config);
  const plan = planPolicy(loaded.policy, {
    now,
    prices: await pricesOf(loaded),
    systems: await fileSystemsOf(loaded),
  });
  const page = report(plan);
  return {
    status: plan.met ? exitStatus.success : exitStatus.unmet,
    json: plan,
    text: options.markdown ? asMarkdown(page) : asText(page),
    isAnswer: true,
  };
}

async function pricesOf({ policy, file }: LoadedPolicy): Promise<Prices> {
  if (policy.prices === undefined) return defaultPrices;
  const path = policyPath(policy.prices, file);
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new FukugenError('missing', `the prices at ${path} cannot be read: ${(cause as Error).message}`, {
      cause,
      next: 'leave prices out of the policy to use those that come with fukugen',
    });
  });
  return parsePrices(text, path);
}

/** Which paths of the policy share a file system; a database is left out, for nobody knows where its server keeps it. */
async function fileSystemsOf({ policy: { local }, file }: LoadedPolicy): Promise<FileSystems> {
  const sources: Record<string, number> = {};
  const stores: Record<string, number> = {};
  for (const [name, source] of Object.entries(local?.sources ?? {})) {
    if ('path' in source) sources[name] = await fileSystemOf(policyPath(source.path, file));
  }
  for (const [name, store] of Object.entries(local?.stores ?? {})) {
    const path = folderOf(store);
    if (path !== undefined) stores[name] = await fileSystemOf(policyPath(path, file));
  }
  return { sources, stores };
}

/** Of the path, or of the folder that it would be made in. */
async function fileSystemOf(path: string): Promise<number> {
  return stat(path).then(
    ({ dev }) => dev,
    () => fileSystemOf(dirname(path)),
  );
}
