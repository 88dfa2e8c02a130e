import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readlink, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { Decrypter, Encrypter } from 'age-encryption';
import { extract, type Header, type Pack, pack } from 'tar-stream';
import { FukugenError } from '../../core/errors.ts';
import { layout } from '../generation/manifest.ts';
import { walkTree } from '../generation/tree-walk.ts';

export interface ArchiveForm {
  readonly compression: 'zstd' | 'gzip';
  /** Public keys of age; none: not encrypted. */
  readonly recipients: readonly string[];
}

/**
 * Writes a folder into one file, the manifest first, so that it can be read without the rest.
 *
 * @returns the SHA-256 of the file, in hexadecimal
 */
export async function writeArchive(
  folder: string,
  file: string,
  form: ArchiveForm,
  signal: AbortSignal,
): Promise<string> {
  const tar = pack();
  const packing = packTree(folder, tar).then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  );
  const compressed = Readable.from(tar, { objectMode: false }).compose(compressor(form.compression), { signal });
  const content = form.recipients.length > 0 ? await encrypted(compressed, form.recipients) : compressed;
  const digest = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      digest.update(chunk);
      yield chunk;
    }
  };
  await pipeline(content, hashed, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }), { signal });
  await packing;
  return digest.digest('hex');
}

async function packTree(folder: string, tar: Pack): Promise<void> {
  const { found, problems } = await walkTree(folder);
  const [problem] = problems;
  if (problem) throw new FukugenError('store', `the staged ${problem.path} cannot be read: ${problem.reason}`);
  const isFirst = ({ path }: { readonly path: string }) => path.startsWith(layout.manifest);
  for (const { path, type } of [...found.filter(isFirst), ...found.filter((entry) => !isFirst(entry))]) {
    const file = join(folder, path);
    if (type === 'link') tar.entry({ name: path, type: 'symlink', linkname: await readlink(file) });
    else if (type === 'directory') tar.entry({ name: `${path}/`, type: 'directory', mode: 0o700 });
    else {
      const { size, mtime } = await stat(file);
      await pipeline(createReadStream(file), tar.entry({ name: path, size, mtime, mode: 0o600 }));
    }
  }
}

/**
 * Unpacks an archive into an empty folder.
 *
 * @throws FukugenError `mismatch` when it is damaged, `secret` when it does not open with the identity
 */
export async function unpackArchive(
  file: string,
  into: string,
  identity: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const links: Header[] = [];
  await readArchive(file, identity, signal, async (header, content) => {
    const to = join(into, header.name);
    if (header.type === 'directory') await mkdir(to, { recursive: true, mode: 0o700 });
    else if (header.type === 'symlink') links.push(header);
    else {
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await pipeline(content, createWriteStream(to, { flags: 'wx', mode: 0o600 }));
    }
    return true;
  });
  // Last of all: nothing is ever written through a link.
  for (const { name, linkname } of links) await symlink(linkname ?? '', join(into, name));
}

/** The manifest and its digest, into an empty folder, without reading the rest. */
export async function unpackManifest(
  file: string,
  into: string,
  identity: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  let left = 2;
  await readArchive(file, identity, signal, async (header, content) => {
    await pipeline(content, createWriteStream(join(into, header.name), { flags: 'wx', mode: 0o600 }));
    left -= 1;
    return left > 0;
  });
}

/** @param use - reads one entry, and says whether to go on */
async function readArchive(
  file: string,
  identity: string | undefined,
  signal: AbortSignal,
  use: (header: Header, content: Readable) => Promise<boolean>,
): Promise<void> {
  const stored = createReadStream(file);
  const untar = extract();
  try {
    const compressed = file.endsWith('.age') ? await decrypted(stored, file, identity) : stored;
    const reading = pipeline(compressed, decompressor(file), untar, { signal });
    // Reported by the loop below, unless the loop ends before.
    reading.catch((error: Error) => untar.destroy(error));
    for await (const entry of untar) {
      requireInside(entry.header.name, file);
      if (!(await use(entry.header, entry as unknown as Readable))) return;
      entry.resume();
    }
    await reading;
  } catch (cause) {
    if (cause instanceof FukugenError || signal.aborted) throw cause;
    throw new FukugenError('mismatch', `the archive ${file} is damaged: ${(cause as Error).message}`, { cause });
  } finally {
    untar.destroy();
    stored.destroy();
  }
}

/** An archive may come from anyone: nothing outside of the folder is written. */
function requireInside(name: string, file: string): void {
  if (!name.startsWith('/') && !name.split('/').includes('..')) return;
  throw new FukugenError('mismatch', `the archive ${file} is none of ours: it names the path ${JSON.stringify(name)}`);
}

function compressor(compression: ArchiveForm['compression']) {
  if (compression === 'gzip') return createGzip();
  return createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
  });
}

function decompressor(file: string) {
  return /\.tar\.gz(\.age)?$/.test(file) ? createGunzip() : createZstdDecompress();
}

async function encrypted(content: Readable, recipients: readonly string[]): Promise<Readable> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return Readable.fromWeb((await encrypter.encrypt(asWeb(content))) as ReadableStream<Uint8Array>);
}

async function decrypted(content: Readable, file: string, identity: string | undefined): Promise<Readable> {
  if (identity === undefined) {
    throw new FukugenError(
      'secret',
      `the archive ${file} is encrypted, and the policy names no identity to open it with`,
      {
        next: `name identity in the policy, or type: age --decrypt --identity KEY ${file}`,
      },
    );
  }
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity);
    return Readable.fromWeb((await decrypter.decrypt(asWeb(content))) as ReadableStream<Uint8Array>);
  } catch (cause) {
    // The words of the library name no key.
    if (!/identit|identity|recipient/i.test((cause as Error).message)) throw cause;
    throw new FukugenError('secret', `the archive ${file} does not open with this identity`, { cause });
  }
}

function asWeb(content: Readable): globalThis.ReadableStream<Uint8Array> {
  return Readable.toWeb(content) as globalThis.ReadableStream<Uint8Array>;
}
