import type { Metric } from '../sentinel/metrics.ts';

/** What the recorder needs of the world. Of the evidence it can add, and nothing of it can it change. */
export interface RecorderHost {
  now(): Date;
  /** @returns `undefined` when there is no such object */
  read(key: string): Promise<string | undefined>;
  /** Keys that begin with `prefix`, in order. */
  list(prefix: string): Promise<string[]>;
  /** Of what may be written again: below `work/`. */
  write(key: string, text: string): Promise<void>;
  /**
   * Writes what nobody can delete before its time.
   *
   * @returns whether it was written: `false` when there is such an object already, which stays as it is
   */
  keep(key: string, text: string, contentType: ContentType): Promise<boolean>;
  /** Of an object, for people. */
  address(key: string): string;
  publish(metrics: readonly Metric[]): Promise<void>;
  notify(notice: { readonly title: string; readonly text: string }): Promise<void>;
}

export type ContentType = 'application/json' | 'text/html; charset=utf-8';
