import { link, mkdir, readlink, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../system/folders.ts';
import { mapTogether } from '../system/map-together.ts';
import { layout, type Manifest } from './manifest.ts';
import { walkTree } from './tree-walk.ts';

/**
 * Keeps the sources that only stores which encrypt may have out of a staged generation, and puts the whole together again for those.
 * Beside the staged folder, so that nothing is copied, and where the next run clears up after one that was killed.
 */
export class SecretStage implements AsyncDisposable {
  private readonly secrets: string;
  private readonly whole: string;
  private readonly names: readonly string[];

  private constructor(folder: string, names: readonly string[]) {
    this.secrets = `${folder}-secret`;
    this.whole = `${folder}-whole`;
    this.names = names;
  }

  /** Takes them out of the staged folder. */
  static async takenFrom(folder: string, manifest: Manifest): Promise<SecretStage> {
    const names = manifest.sources.filter(({ encryptedOnly }) => encryptedOnly).map(({ name }) => name);
    const stage = new SecretStage(folder, names);
    for (const name of names) {
      await mkdir(join(stage.secrets, 'sources'), { recursive: true, mode: 0o700 });
      await rename(join(folder, layout.source(name)), join(stage.secrets, layout.source(name)));
    }
    return stage;
  }

  /** The generation with every source in it; without secrets that is the folder itself. */
  async complete(folder: string): Promise<string> {
    if (this.names.length === 0) return folder;
    await removeTree(this.whole);
    await linkTree(folder, this.whole);
    await linkTree(this.secrets, this.whole);
    return this.whole;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.whole);
    await removeTree(this.secrets);
  }
}

async function linkTree(from: string, to: string): Promise<void> {
  const { found } = await walkTree(from);
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const { path, type } of found)
    if (type === 'directory') await mkdir(join(to, path), { recursive: true, mode: 0o700 });
  await mapTogether(
    found.filter(({ type }) => type !== 'directory'),
    async ({ path, type }) => {
      if (type === 'link') await symlink(await readlink(join(from, path)), join(to, path));
      else await link(join(from, path), join(to, path));
    },
    { concurrency: 8 },
  );
}
