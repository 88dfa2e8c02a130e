import type { StorePolicy } from '../../core/policy/index.ts';

/** The folder of this machine that a store is in, as the policy writes it; `undefined` when it is elsewhere. */
export function folderOf(store: StorePolicy): string | undefined {
  switch (store.kind) {
    case 'generations':
    case 'archive':
      return store.path;
    case 'restic':
      // A bare folder is a path of the policy; anything with a scheme is restic's own affair.
      return /^[a-z0-9]+:/.test(store.repository) ? undefined : store.repository;
    case 'rclone':
      return store.options?.type === 'local' ? store.remote.slice(store.remote.indexOf(':') + 1) : undefined;
  }
}
