import type { FukugenError } from '../../core/errors.ts';
import type { Held, Store, StoredGeneration } from './store.ts';

/**
 * A store whose password or keys cannot be found now: a locked keychain, a variable that cron does not have. It fails when it is used, as one
 * out of reach does, and keeps nobody from what the others hold.
 */
export class StoreWithoutSecret implements Store {
  readonly name: string;
  readonly kind: Store['kind'];
  readonly encrypted: boolean;
  readonly reason: FukugenError;

  constructor(name: string, kind: Store['kind'], encrypted: boolean, reason: FukugenError) {
    this.name = name;
    this.kind = kind;
    this.encrypted = encrypted;
    this.reason = reason;
  }

  async examine(): Promise<void> {
    throw this.reason;
  }

  async prepare(): Promise<void> {
    throw this.reason;
  }

  async put(): Promise<void> {
    throw this.reason;
  }

  async list(): Promise<StoredGeneration[]> {
    throw this.reason;
  }

  async held(): Promise<Held[]> {
    throw this.reason;
  }

  async remove(): Promise<void> {
    throw this.reason;
  }

  async open<T>(): Promise<T> {
    throw this.reason;
  }

  async check(): Promise<string[]> {
    throw this.reason;
  }
}
