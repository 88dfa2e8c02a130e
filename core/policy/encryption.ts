import type { SourcePolicy, StorePolicy } from './schema.ts';

/** Whether a source holds secrets, which stores that do not encrypt never get. */
export function isSecret(source: SourcePolicy): boolean {
  switch (source.kind) {
    case 'files':
      return !source.allowPlain && source.files.some(({ secret }) => secret);
    case 'command':
      return source.secret;
    default:
      return false;
  }
}

/** Whether whoever gets hold of a store needs a key to read it. */
export function encrypts(store: StorePolicy): boolean {
  switch (store.kind) {
    case 'restic':
      return true;
    case 'archive':
      return store.recipients !== undefined;
    default:
      return 'crypt' in store && store.crypt !== undefined;
  }
}
