import { FukugenError } from '../../core/errors.ts';
import { confirm } from '../console/confirm.ts';
import { safetyGenerationAt } from '../generation/identifier.ts';
import { takeSafetyGeneration } from '../generation/take-generation.ts';
import type { Source } from '../sources/index.ts';
import type { Store } from '../stores/store.ts';
import type { RunContext } from '../system/run-context.ts';
import type { Workspace } from '../workspace.ts';

/** A generation of what is there now, taken before it is replaced; or why there is none. */
export interface Safety {
  readonly generation: string | undefined;
  /** Empty when nothing is to be said: nobody wanted one. */
  readonly text: string;
}

interface SafetyOptions {
  readonly safety?: boolean;
  readonly yes?: boolean;
}

/**
 * Plain generations on this machine take it in seconds; of secrets, which those never get, the first store that encrypts.
 * `undefined`: there is no such store.
 */
export function safetyStore({ stores }: Workspace, source: Source): Store | undefined {
  return stores.find((store) => (source.encryptedOnly ? store.encrypted : store.kind === 'generations'));
}

/**
 * @throws FukugenError `usage` without a store for it, and what went wrong when it cannot be taken, unless someone says to go on
 */
export async function takeSafety(
  workspace: Workspace,
  source: Source,
  options: SafetyOptions,
  context: RunContext,
): Promise<Safety> {
  if (options.safety === false) return none('');
  const store = safetyStore(workspace, source);
  if (!store) return goOnWithout(noStoreFor(source), options);
  context.progress.stage(`taking a safety generation of ${source.name} as it is now`);
  const generation = safetyGenerationAt(new Date());
  try {
    await takeSafetyGeneration(workspace, source, store, context, generation);
  } catch (error) {
    if (!(error instanceof FukugenError) || error.code === 'cancelled' || error.code === 'locked') throw error;
    if (error.code === 'missing') return none(`no safety generation: ${error.message}`);
    context.progress.end();
    return goOnWithout(error, options);
  }
  return { generation, text: `what was there before is also in the generation ${generation} in ${store.name}` };
}

function noStoreFor(source: Source): FukugenError {
  const text = source.encryptedOnly
    ? 'no store encrypts'
    : 'no store of this machine keeps plain generations (kind: generations)';
  return new FukugenError('usage', `no safety generation of ${source.name} can be taken: ${text}`);
}

function none(text: string): Safety {
  return { generation: undefined, text };
}

/** The swap keeps the old one under another name in any case. */
async function goOnWithout(error: FukugenError, { yes }: SafetyOptions): Promise<Safety> {
  if (!yes && (await confirm(`${error.message}\nGo on without? What is there now is still kept under another name.`)))
    return none(`no safety generation: ${error.message}`);
  throw new FukugenError(error.code, error.message, {
    cause: error,
    next: 'add --no-safety to go on without; what is there now is still kept under another name',
  });
}
