import { link, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import type { EarlierTree } from '../../generation/capture-tree.ts';
import type { FileEntry } from '../../generation/entry.ts';
import { storeFailure } from '../../system/store-failure.ts';
import { hashIn, pathOf, shortHash } from './layout.ts';
import { type Segment, Splitter } from './splitter.ts';

const compress = promisify(zstdCompress);

/** Level 3, zstd's own default: local-peers, section 6.1. The checksum lets `zstd -t` find damage without this project. */
const params = { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 };

/** Compressed and written at the same time: enough for two cores, and 32 MiB of memory at most. */
const parallel = 4;

/**
 * Writes what `pg_dump --section=data` prints as segments, and links those whose text the earlier generation has already,
 * wherever it stands there.
 *
 * @param into - the folder of the dump
 * @param earlier - the tree that the folder of the dump is part of, in the generation before
 * @returns the links by their path in the dump, as they were recorded
 * @throws FukugenError `store` when a segment cannot be written
 */
export async function writeSegments(
  output: Readable,
  into: string,
  earlier: EarlierTree | undefined,
): Promise<Map<string, FileEntry>> {
  const known = knownSegments(earlier);
  const splitter = new Splitter();
  const linked = new Map<string, FileEntry>();
  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  const write = async (segment: Segment) => {
    if (failure !== undefined) throw failure;
    const path = pathOf(segment);
    const existing = known.get(shortHash(segment));
    const writing = store(segment, join(into, path), existing && join(earlier?.folder ?? '', existing.path))
      .then((isLinked) => {
        if (isLinked && existing) linked.set(path, existing);
      })
      .catch((error: unknown) => {
        failure ??= storeFailure(error, 'the store');
      })
      .finally(() => underWay.delete(writing));
    underWay.add(writing);
    if (underWay.size >= parallel) await Promise.race(underWay);
  };
  try {
    for await (const chunk of output) for (const segment of splitter.push(chunk as Buffer)) await write(segment);
    for (const segment of splitter.end()) await write(segment);
  } catch (cause) {
    failure ??= cause;
  }
  await Promise.all(underWay);
  if (failure !== undefined) throw failure;
  return linked;
}

/** Files of the earlier generation, by the hash of the text in them. */
function knownSegments(earlier: EarlierTree | undefined): ReadonlyMap<string, FileEntry> {
  const known = new Map<string, FileEntry>();
  for (const entry of earlier?.entries.values() ?? []) {
    const hash = entry.type === 'file' ? hashIn(entry.path) : undefined;
    if (entry.type === 'file' && hash !== undefined) known.set(hash, entry);
  }
  return known;
}

/** @returns whether it is a link */
async function store({ content }: Segment, file: string, existing: string | undefined): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  if (existing !== undefined) {
    const isLinked = await link(existing, file).then(
      () => true,
      () => false,
    );
    if (isLinked) return true;
  }
  const text = Buffer.concat(content);
  // Told how much is to come, and given room for most results, zstd works in one pass: two thirds of the time.
  const compressed = await compress(text, { params, pledgedSrcSize: text.length, chunkSize: 2 ** 20 });
  await writeFile(file, compressed, { flag: 'wx', mode: 0o600 });
  return false;
}
