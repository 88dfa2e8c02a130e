import { createHash, hash } from 'node:crypto';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { photograph } from './local-tree.ts';

// biome-ignore lint/suspicious/noExplicitAny: a record of any kind of source, which a forger reads like anybody
type Record = any;

/**
 * Changes a source of a generation as nobody but a forger, or a broken disk under the backup itself, would: hashes, list and manifest
 * are written anew, so that every byte is "as recorded".
 *
 * @param change - of the files, by their paths in `data/`; `undefined` takes a file away, and a path that has changed is another file
 */
export async function rewriteSource(
  generation: string,
  source: string,
  change: (files: Map<string, Buffer>, record: Record) => void,
  list: (entries: Record[]) => Record[] = (entries) => entries,
): Promise<void> {
  const home = join(generation, 'sources', source);
  const paths = ['manifest.json', 'manifest.json.sha256', ...Object.keys(await photograph(generation))];
  for (const path of paths) await chmod(join(generation, path), 0o700).catch(() => {});
  const entries: Record[] = (await readFile(join(home, 'files.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const files = new Map<string, Buffer>();
  for (const { type, path } of entries) if (type === 'file') files.set(path, await readFile(join(home, 'data', path)));
  const before = new Map(files);
  const manifest: Record = JSON.parse(await readFile(join(generation, 'manifest.json'), 'utf8'));
  const record = manifest.sources.find(({ name }: Record) => name === source);
  change(files, record);
  for (const path of before.keys()) if (!files.has(path)) await rm(join(home, 'data', path));
  for (const [path, content] of files)
    if (before.get(path) !== content) await writeFile(join(home, 'data', path), content);
  const template = entries.find(({ type }) => type === 'file');
  const others = entries.filter(({ type }) => type !== 'file');
  const anew = list([
    ...others,
    ...[...files].map(([path, content]) => ({
      ...(entries.find((entry) => entry.path === path) ?? template),
      path,
      size: content.length,
      sha256: hash('sha256', content),
    })),
  ]);
  const text = anew.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  await writeFile(join(home, 'files.jsonl'), text);
  const bytes = anew.reduce((sum, { size = 0 }) => sum + size, 0);
  record.files = { entries: anew.length, bytes, sha256: createHash('sha256').update(text).digest('hex') };
  const written = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFile(join(generation, 'manifest.json'), written);
  await writeFile(join(generation, 'manifest.json.sha256'), `${hash('sha256', written)}  manifest.json\n`);
}
