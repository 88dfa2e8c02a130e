import type { SourcePolicy } from '../../core/policy/index.ts';
import type { SourceRecord } from '../generation/manifest.ts';
import type { PostgresPolicy } from '../postgres/connection.ts';
import { policyPath } from '../system/folders.ts';
import type { RunContext } from '../system/run-context.ts';
import * as directory from './directory.ts';
import * as postgres from './postgres.ts';
import type { Beside, CaptureContext, Captured, Plan, Proof } from './source.ts';

/** A source of the policy, its paths resolved. */
export type Source =
  | { readonly kind: 'postgres'; readonly name: string; readonly policy: PostgresPolicy }
  | { readonly kind: 'directory'; readonly name: string; readonly directory: directory.Directory };

export function sourceFrom(name: string, policy: SourcePolicy, policyFile: string): Source {
  switch (policy.kind) {
    case 'postgres':
      return { kind: 'postgres', name, policy };
    case 'directory':
      return {
        kind: 'directory',
        name,
        directory: { path: policyPath(policy.path, policyFile), exclude: policy.exclude },
      };
  }
}

export function planSource(source: Source): Promise<Plan> {
  return source.kind === 'postgres' ? postgres.plan(source.policy) : directory.plan(source.directory);
}

export function captureSource(source: Source, context: CaptureContext): Promise<Captured> {
  return source.kind === 'postgres'
    ? postgres.capture(source.policy, context)
    : directory.capture(source.directory, context);
}

/** Needs the generation alone: a source that left the policy long ago can still be proven. */
export function proveSource(folder: string, record: SourceRecord, context: RunContext): Promise<Proof> {
  return record.kind === 'postgres'
    ? postgres.prove(folder, record, context)
    : directory.prove(folder, record, context);
}

export function compareSource(
  source: Source,
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Proof> {
  return source.kind === 'postgres'
    ? postgres.compare(source.policy, folder, record, context)
    : directory.compare(source.directory, folder, record, context);
}

export function restoreSourceBeside(
  source: Source,
  folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Beside> {
  return source.kind === 'postgres'
    ? postgres.restoreBeside(source.policy, folder, record, context)
    : directory.restoreBeside(source.directory, folder, record, context);
}
