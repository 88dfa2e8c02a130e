import { join } from 'node:path';
import { FukugenError } from '../core/errors.ts';
import { encrypts } from '../core/policy/encryption.ts';
import { type LoadedPolicy, loadPolicy, type Retention, type StorePolicy } from '../core/policy/index.ts';
import { contains } from './sources/directory.ts';
import { type Source, sourceFrom } from './sources/index.ts';
import { ArchiveStore } from './stores/archive.ts';
import { folderOf } from './stores/folder-of.ts';
import { GenerationsStore } from './stores/generations.ts';
import { RcloneStore } from './stores/rclone.ts';
import { RcloneRemote } from './stores/rclone-remote.ts';
import { ResticStore } from './stores/restic.ts';
import type { Store } from './stores/store.ts';
import { StoreWithoutSecret } from './stores/without-secret.ts';
import { policyPath, stateFolder } from './system/folders.ts';
import { resolveSecret } from './system/secrets.ts';

/** The policy of this machine with everything it names made ready for use. */
export interface Workspace {
  readonly name: string;
  readonly sources: readonly Source[];
  readonly stores: readonly Store[];
  /** What each store keeps, by its name; a store that is missing keeps everything. */
  readonly retention: Readonly<Record<string, Retention>>;
  /** What this machine remembers between runs. */
  readonly state: string;
}

/**
 * @throws FukugenError `policy` when the policy has no local part, or a store lies inside a folder that it would keep
 */
export async function openWorkspace(folder: string, file: string | undefined, signal: AbortSignal): Promise<Workspace> {
  const loaded = await loadPolicy(folder, file);
  const { policy } = loaded;
  if (!policy.local) {
    throw new FukugenError('policy', `${loaded.file} declares no local sources and stores`, {
      next: 'go to another folder when yours is in ~/.config/fukugen, name it with --config, or add a local part as in examples/laptop/backup.config.yaml',
    });
  }
  const sources = Object.entries(policy.local.sources).map(([name, source]) => sourceFrom(name, source, loaded.file));
  refuseStoresInsideSources(sources, loaded);
  const stores: Store[] = [];
  for (const [name, store] of Object.entries(policy.local.stores))
    stores.push(
      await storeFrom(name, store, loaded, signal).catch((error: unknown) => {
        if (!(error instanceof FukugenError) || error.code !== 'secret') throw error;
        return new StoreWithoutSecret(name, store.kind, encrypts(store), error);
      }),
    );
  refuseSecretsWithoutPlace(sources, stores, loaded);
  const retention: Record<string, Retention> = {};
  for (const [name, { retention: own = policy.local.retention }] of Object.entries(policy.local.stores))
    if (own) retention[name] = own;
  return { name: policy.name, sources, stores, retention, state: stateFolder(policy.name) };
}

async function storeFrom(
  name: string,
  store: StorePolicy,
  { policy, file }: LoadedPolicy,
  signal: AbortSignal,
): Promise<Store> {
  const state = join(stateFolder(policy.name), 'stores', name);
  const memory = join(state, 'folder.json');
  if (store.kind === 'generations') return new GenerationsStore(name, policyPath(store.path, file), signal, memory);
  if (store.kind === 'archive') {
    return new ArchiveStore(name, policyPath(store.path, file), {
      policy: policy.name,
      compression: store.compression,
      recipients: store.recipients ?? [],
      identity: store.identity && (await resolveSecret(store.identity)),
      memory,
      signal,
    });
  }
  if (store.kind === 'rclone') {
    const secrets: Record<string, string> = {};
    for (const [option, secret] of Object.entries(store.secrets)) secrets[option] = await resolveSecret(secret);
    const { crypt, options } = store;
    const folder = folderOf(store);
    const remote = new RcloneRemote({
      remote: folder === undefined ? store.remote : `local:${policyPath(folder, file)}`,
      options,
      secrets,
      crypt: crypt && {
        password: await resolveSecret(crypt.password),
        salt: crypt.salt && (await resolveSecret(crypt.salt)),
      },
      caCertificate: store.caCertificate === undefined ? undefined : policyPath(store.caCertificate, file),
      uploadBytes: store.uploadLimit?.bytes,
      signal,
    });
    return new RcloneStore(name, policy.name, remote, { state, encrypted: crypt !== undefined });
  }
  const environment: Record<string, string> = { RESTIC_PASSWORD: await resolveSecret(store.password) };
  for (const [variable, secret] of Object.entries(store.environment))
    environment[variable] = await resolveSecret(secret);
  return new ResticStore(name, policy.name, {
    // A bare folder is a path of the policy; anything with a scheme is restic's own affair.
    repository: /^[a-z0-9]+:/.test(store.repository) ? store.repository : policyPath(store.repository, file),
    environment,
    caCertificate: store.caCertificate === undefined ? undefined : policyPath(store.caCertificate, file),
    uploadBytes: store.uploadLimit?.bytes,
    signal,
  });
}

/** A store inside its own source would hold a copy of itself, and then a copy of that. */
function refuseStoresInsideSources(sources: readonly Source[], { policy, file }: LoadedPolicy): void {
  const mistakes = Object.entries(policy.local?.stores ?? {}).flatMap(([name, store]) => {
    const path = folderOf(store);
    if (path === undefined) return [];
    const place = policyPath(path, file);
    return sources
      .filter((source) => source.kind === 'directory' && contains(source.settings, place))
      .map((source) => `  the store ${name} at ${place} lies inside the source ${source.name}`);
  });
  if (mistakes.length > 0)
    throw new FukugenError('policy', `${file} has a store that would keep itself:\n${mistakes.join('\n')}`);
}

/** A secret that no store may take would be in no backup at all. */
function refuseSecretsWithoutPlace(sources: readonly Source[], stores: readonly Store[], { file }: LoadedPolicy): void {
  if (stores.some((store) => store.encrypted)) return;
  const names = sources.filter(({ encryptedOnly }) => encryptedOnly).map(({ name }) => name);
  if (names.length === 0) return;
  throw new FukugenError(
    'policy',
    `${file} has secrets that no store may take, since none encrypts: ${names.join(', ')}`,
    {
      next: 'add a restic store, or write allowPlain: true (files) or secret: false (command) to keep them in plain',
    },
  );
}

/** The nearest store that may hold a source, which is the first one in the policy; or the one that is named. */
export function chooseStore(workspace: Workspace, name: string | undefined, source: Source): Store {
  if (name !== undefined) return choose(workspace.stores, name, 'store');
  return workspace.stores.find((store) => store.encrypted || !source.encryptedOnly) as Store;
}

/**
 * The named store, or all of them.
 *
 * @throws FukugenError `usage` naming the ones there are
 */
export function chooseStores(workspace: Workspace, name: string | undefined): readonly Store[] {
  if (name === undefined) return workspace.stores;
  return [choose(workspace.stores, name, 'store')];
}

export function chooseSource(workspace: Workspace, name: string): Source {
  return choose(workspace.sources, name, 'source');
}

function choose<T extends { readonly name: string }>(all: readonly T[], name: string, what: string): T {
  const found = all.find((candidate) => candidate.name === name);
  if (found) return found;
  throw new FukugenError(
    'usage',
    `there is no ${what} ${name}; there is ${all.map((candidate) => candidate.name).join(', ')}`,
  );
}

/** Where a generation is captured when no store on this machine keeps plain generations. */
export function stagingFolder(workspace: Workspace): string {
  return join(workspace.state, 'staging');
}
