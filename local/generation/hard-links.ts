import type { Stats } from 'node:fs';
import type { CapturedFile } from './capture-tree.ts';

interface Ways {
  /** Captures the file's content under the name that comes first. */
  readonly first: () => Promise<CapturedFile>;
  /** Links another name to it; `undefined` when the file system refuses. */
  readonly again: (found: CapturedFile) => Promise<CapturedFile | undefined>;
}

/** Files that have several names in one folder: stored once, and one file again after a restore. */
export class HardLinks {
  private readonly firsts = new Map<string, Promise<CapturedFile | undefined>>();

  /** The name that asks first captures; the others wait for it, and capture for themselves when it could not. */
  async capture({ dev, ino }: Stats, { first, again }: Ways): Promise<CapturedFile> {
    const key = `${dev} ${ino}`;
    const before = this.firsts.get(key);
    if (before) {
      const found = await before;
      return (found && (await again(found))) ?? (await first());
    }
    const capturing = first();
    this.firsts.set(
      key,
      capturing.catch(() => undefined),
    );
    return capturing;
  }
}
