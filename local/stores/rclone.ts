import { copyFile, link, mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { type FileEntry, readEntries } from '../generation/entry.ts';
import { momentOf } from '../generation/identifier.ts';
import { isComplete, layout, type Manifest, readManifest } from '../generation/manifest.ts';
import { acquireLock } from '../system/lock.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { Doubt } from './doubt.ts';
import type { RcloneRemote } from './rclone-remote.ts';
import { lost, RememberedPlace } from './remembered-place.ts';
import type { Held, Stage, Store, StoredGeneration } from './store.ts';
import { thisHost } from './this-host.ts';

interface Marker {
  readonly generation: string;
  /** As it stands in the path. */
  readonly host: string;
}

/**
 * A mirror on anything rclone speaks to. Files are stored once, under the SHA-256 of their content, however many generations hold them:
 *
 *     <policy>/<host>/objects/ab/abcdef…              a file's content
 *     <policy>/<host>/generations/<generation>/…      manifest and file lists, which name the contents
 *     <policy>/whole/<host>/<generation>              written last: all of the above is there
 *
 * Whatever is listed is listed flat, page by page, and what is known by its path is asked for by its path: folders are no thing that
 * every S3 server knows, and R2 limits how often it is asked (pgbackrest 2655).
 */
export class RcloneStore implements Store {
  readonly kind = 'rclone';
  readonly encrypted: boolean;
  readonly name: string;
  private readonly policy: string;
  private readonly remote: RcloneRemote;
  /** Of this store on this machine. */
  private readonly state: string;
  private readonly memory: RememberedPlace;

  constructor(
    name: string,
    policy: string,
    remote: RcloneRemote,
    options: { readonly state: string; readonly encrypted: boolean },
  ) {
    this.name = name;
    this.policy = policy;
    this.remote = remote;
    this.state = options.state;
    this.memory = new RememberedPlace(join(options.state, 'folder.json'));
    this.encrypted = options.encrypted;
  }

  async examine(): Promise<void> {
    if (await this.isLost())
      throw lost(this.name, this.remote.at(this.policy), 'what rclone reaches there is empty, or has another password');
  }

  async prepare(): Promise<void> {
    await this.examine();
  }

  /** Whether it was there and is not: a disk that is not mounted, an emptied bucket, another password of `crypt`. */
  async isLost(): Promise<boolean> {
    return (await this.memory.is(this.remote.at(this.policy))) && (await this.markers()).length === 0;
  }

  /** The next backup begins anew. */
  async begin(): Promise<void> {
    await this.memory.forget();
  }

  async put({ generation, folder, manifest, progress }: Stage): Promise<void> {
    await using _lock = await acquireLock(this.state, 'rclone');
    await this.clearUp();
    const there = await this.objects();
    const doubtful = await this.doubt.contents();
    await using staging = await temporaryFolder('an upload');
    let missing = 0;
    for (const [sha256, { file, size }] of await this.contentsOf(folder, manifest)) {
      if (there.get(sha256) === size && !doubtful.has(sha256)) continue;
      const staged = join(staging.path, objectPath(sha256));
      await mkdir(dirname(staged), { recursive: true });
      await symlink(file, staged);
      missing += 1;
    }
    // Whatever lies there under the name of a content is not that content.
    if (missing > 0)
      await this.remote.upload(
        ['copy', '--copy-links', '--no-check-dest', staging.path, this.own('objects')],
        progress,
      );
    const lists = [...(await readdir(join(folder, 'sources')))].map((source) => `--exclude=/sources/${source}/data/**`);
    await this.remote.run(['copy', '--no-check-dest', ...lists, folder, this.own('generations', generation)]);
    await this.remote.run(['copyto', join(folder, `${layout.manifest}.sha256`), this.marker(generation)]);
    await this.memory.keep(this.remote.at(this.policy));
  }

  async list(): Promise<StoredGeneration[]> {
    return (await this.markers()).map(({ generation }) => ({ generation, store: this.name }));
  }

  async held(): Promise<Held[]> {
    await using folder = await temporaryFolder('manifests');
    const markers = await this.markers();
    const manifests = markers.flatMap(({ generation, host }) =>
      manifestFiles.map((name) => `${host}/generations/${generation}/${name}`),
    );
    await this.fetch(this.remote.at(this.policy), manifests, folder.path);
    const held: Held[] = [];
    for (const { generation, host } of markers) {
      const manifest = await readManifest(join(folder.path, host, 'generations', generation)).catch(
        (error: unknown) => {
          if (error instanceof FukugenError) return undefined;
          throw error;
        },
      );
      held.push({
        generation,
        owner: manifest && { policy: manifest.policy, host: manifest.host },
        sources: manifest?.sources.map(({ name }) => name) ?? [],
        isWhole: manifest && isComplete(manifest),
      });
    }
    return held;
  }

  /** The marks first: a generation is there whole or not at all, whenever this is killed. Then the contents that none of the rest names. */
  async remove(generations: readonly string[]): Promise<void> {
    await using _lock = await acquireLock(this.state, 'rclone');
    for (const generation of generations) await this.remote.run(['deletefile', this.marker(generation)]);
    await this.clearUp();
    const kept = (await this.markers()).filter(({ host }) => host === thisHost());
    await using folder = await temporaryFolder('file lists');
    const manifests = kept.flatMap(({ generation }) => manifestFiles.map((name) => `${generation}/${name}`));
    await this.fetch(this.own('generations'), manifests, folder.path);
    const needed = new Set<string>();
    for (const { generation } of kept) {
      const home = join(folder.path, generation);
      // One list that cannot be read, and nothing is known to be unneeded.
      const manifest = await readManifest(home);
      const lists = this.sourcesOf(manifest).map(({ name }) => layout.files(name));
      await this.fetch(this.own('generations', generation), lists, home);
      for (const sha256 of (await this.contentsOf(home, manifest)).keys()) needed.add(sha256);
    }
    const unneeded = [...(await this.objects()).keys()].filter((sha256) => !needed.has(sha256));
    if (unneeded.length === 0) return;
    await this.remote.withNames(unneeded.map(objectPath), (names) =>
      this.remote.run(['delete', names, this.own('objects')]),
    );
  }

  async open<T>(generation: string, use: (folder: string) => Promise<T>): Promise<T> {
    const marker = (await this.markers()).find((candidate) => candidate.generation === generation);
    if (!marker) {
      throw new FukugenError('missing', `the store ${this.name} has no generation ${generation}`, {
        next: 'fukugen list',
      });
    }
    const home = (...parts: string[]) => this.remote.at(this.policy, marker.host, ...parts);
    await using folder = await temporaryFolder(`a generation from ${this.name}`);
    await using objects = await temporaryFolder(`contents from ${this.name}`);
    const files = await this.remote.list(home('generations', generation), '--recursive', '--files-only');
    await this.fetch(home('generations', generation), files, folder.path);
    const manifest = await readManifest(folder.path);
    const contents = [...(await this.contentsOf(folder.path, manifest)).keys()];
    await this.fetch(home('objects'), contents.map(objectPath), objects.path);
    for (const { name, files } of this.sourcesOf(manifest)) {
      const data = join(folder.path, layout.data(name));
      await mkdir(data, { recursive: true, mode: 0o700 });
      for (const entry of await readEntries(join(folder.path, layout.files(name)), files)) {
        const to = join(data, entry.path);
        await mkdir(entry.type === 'directory' ? to : dirname(to), { recursive: true, mode: 0o700 });
        if (entry.type === 'link') await symlink(entry.target, to);
        else if (entry.type === 'file') await place(join(objects.path, objectPath(entry.sha256)), to);
      }
    }
    return await use(folder.path);
  }

  /** What is there is known by reading it. */
  async check(): Promise<string[]> {
    return [];
  }

  /** What `verify` found of the contents that the next generation would not upload again. */
  get doubt(): Doubt {
    return new Doubt(this.state);
  }

  /** Sources whose files are here: one that does not encrypt has none of those with secrets. */
  private sourcesOf(manifest: Manifest): Manifest['sources'] {
    return manifest.sources.filter(({ encryptedOnly }) => this.encrypted || !encryptedOnly);
  }

  /** By SHA-256, from the file lists of a generation. */
  private async contentsOf(
    folder: string,
    manifest: Manifest,
  ): Promise<Map<string, { readonly file: string; readonly size: number }>> {
    const contents = new Map<string, { readonly file: string; readonly size: number }>();
    for (const { name, files } of this.sourcesOf(manifest)) {
      const entries = await readEntries(join(folder, layout.files(name)), files);
      for (const { sha256, path, size } of entries.filter((entry): entry is FileEntry => entry.type === 'file'))
        contents.set(sha256, { file: join(folder, layout.data(name), path), size });
    }
    return contents;
  }

  /** Sizes by SHA-256. An upload that was cut may have left a part of a content under its name. */
  private async objects(): Promise<Map<string, number>> {
    const lines = await this.remote.list(
      this.own('objects'),
      '--recursive',
      '--files-only',
      '--format=sp',
      '--separator=;',
    );
    return new Map(
      lines.map((line) => {
        const [size, path] = line.split(';') as [string, string];
        return [path.slice(path.lastIndexOf('/') + 1), Number(size)];
      }),
    );
  }

  /** What a killed run left: nobody but this machine writes here, and it holds the lock. */
  private async clearUp(): Promise<void> {
    const whole = new Set(
      (await this.markers()).filter(({ host }) => host === thisHost()).map(({ generation }) => generation),
    );
    const files = await this.remote.list(this.own('generations'), '--recursive', '--files-only');
    for (const name of new Set(files.map((path) => path.slice(0, path.indexOf('/')))))
      if (momentOf(name) && !whole.has(name)) await this.remote.run(['purge', this.own('generations', name)]);
  }

  /** Newest first. */
  private async markers(): Promise<Marker[]> {
    const paths = await this.remote.list(this.remote.at(this.policy, 'whole'), '--recursive', '--files-only');
    return paths
      .flatMap((path) => {
        const [host = '', generation = ''] = path.split('/');
        return momentOf(generation) ? [{ host, generation }] : [];
      })
      .sort((a, b) => (a.generation < b.generation ? 1 : -1));
  }

  /** Files by their paths; one that is not there is left out. */
  private async fetch(from: string, paths: readonly string[], into: string): Promise<void> {
    if (paths.length === 0) return;
    await this.remote.withNames(paths, (names) => this.remote.run(['copy', '--no-traverse', names, from, into]));
  }

  private marker(generation: string): string {
    return this.remote.at(this.policy, 'whole', thisHost(), generation);
  }

  private own(...parts: string[]): string {
    return this.remote.at(this.policy, thisHost(), ...parts);
  }
}

const manifestFiles = [layout.manifest, `${layout.manifest}.sha256`];

function objectPath(sha256: string): string {
  return `${sha256.slice(0, 2)}/${sha256}`;
}

/** A content that is missing stays missing: the comparison that follows names the file, and the rest is worth having. */
async function place(content: string, to: string): Promise<void> {
  try {
    await link(content, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    // Too many links to an empty file, say.
    await copyFile(content, to);
  }
}
