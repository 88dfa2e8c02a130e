import { dirname } from 'node:path';
import { isSecret, type SourcePolicy } from '../../core/policy/index.ts';
import type { SourceRecord } from '../generation/manifest.ts';
import type { PostgresPolicy } from '../postgres/connection.ts';
import type { RunContext } from '../system/run-context.ts';
import * as command from './command.ts';
import * as directory from './directory.ts';
import * as files from './files.ts';
import { type Hooks, withHooks } from './hooks.ts';
import * as postgres from './postgres.ts';
import type { Beside, CaptureContext, Captured, Plan, Proof, SourceModule } from './source.ts';
import * as sqlite from './sqlite.ts';

/** What each kind of source works from: its policy, with paths resolved. */
interface Settings {
  readonly postgres: PostgresPolicy;
  readonly sqlite: sqlite.Sqlite;
  readonly directory: directory.Directory;
  readonly files: files.Files;
  readonly command: command.Command;
}

type Kind = keyof Settings;
type PolicyOf<K extends Kind> = { [P in K]: Extract<SourcePolicy, { kind: P }> }[K];

/** A source of the policy, its paths resolved. */
export type Source<K extends Kind = Kind> = {
  [P in K]: {
    readonly kind: P;
    readonly name: string;
    /** Whether it holds secrets, which stores that do not encrypt never get. */
    readonly encryptedOnly: boolean;
    readonly hooks: Hooks | undefined;
    readonly settings: Settings[P];
  };
}[K];

const modules: { readonly [K in Kind]: SourceModule<PolicyOf<K>, Settings[K]> } = {
  postgres,
  sqlite,
  directory,
  files,
  command,
};

export function sourceFrom<K extends Kind>(name: string, policy: PolicyOf<K>, policyFile: string): Source<K> {
  const kind: K = policy.kind;
  const settings = modules[kind].settingsOf(policy, policyFile);
  const hooks = policy.hooks && { ...policy.hooks, folder: dirname(policyFile) };
  return { kind, name, encryptedOnly: isSecret(policy), hooks, settings } as Source<K>;
}

export function planSource<K extends Kind>(source: Source<K>): Promise<Plan> {
  return modules[source.kind].plan(source.settings);
}

export async function captureSource<K extends Kind>(source: Source<K>, context: CaptureContext): Promise<Captured> {
  const captured = await withHooks(source.name, source.hooks, context.signal, () =>
    modules[source.kind].capture(source.settings, context),
  );
  return source.encryptedOnly ? { ...captured, encryptedOnly: true } : captured;
}

/** Needs the generation alone: a source that left the policy long ago can still be proven. */
export function proveSource(folder: string, record: SourceRecord, context: RunContext): Promise<Proof> {
  return modules[record.kind].prove(folder, record, context);
}

export function compareSource<K extends Kind>(
  source: Source<K>,
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Proof> {
  return modules[source.kind].compare(source.settings, folder, record, context);
}

export function restoreSourceBeside<K extends Kind>(
  source: Source<K>,
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Beside> {
  return modules[source.kind].restoreBeside(source.settings, folder, record, context);
}
