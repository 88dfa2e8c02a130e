import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FukugenError } from '../../core/errors.ts';

/** Where a store was when it was last written to, as this machine remembers it: one that is gone shall not be begun anew in silence. */
export class RememberedPlace {
  private readonly file: string | undefined;

  /** @param file - @default - nothing is remembered */
  constructor(file?: string) {
    this.file = file;
  }

  async is(place: string): Promise<boolean> {
    if (this.file === undefined) return false;
    const text = await readFile(this.file, 'utf8').catch(() => 'null');
    return (JSON.parse(text) as { readonly path: string } | null)?.path === place;
  }

  async keep(place: string): Promise<void> {
    if (this.file === undefined || (await this.is(place))) return;
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
    await writeFile(this.file, `${JSON.stringify({ path: place })}\n`, { mode: 0o600 });
  }

  async forget(): Promise<void> {
    if (this.file !== undefined) await rm(this.file, { force: true });
  }
}

/** @param guess - what may be the matter, after a colon */
export function lost(store: string, place: string, guess: string): FukugenError {
  return new FukugenError('missing', `the store ${store} is not at ${place}, where it was: ${guess}`, {
    next: `see to it and run this again; when it is gone for good, fukugen init ${store} begins an empty one there`,
  });
}
