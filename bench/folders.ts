// What the second generation of a folder costs beside another full copy by rsync, on the same files, on the same machine, in the same run.
//   node bench/folders.ts [files] [megabytes] [rounds]
// The numbers behind docs/adr/0002-generation-format.md. Takes about two minutes for the default of 20,000 files, 1,000 MB and 3 rounds.
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { takeGeneration } from '../local/generation/take-generation.ts';
import { removeTree } from '../local/system/folders.ts';
import { openWorkspace } from '../local/workspace.ts';

const files = Number(process.argv[2] ?? 20_000);
const megabytes = Number(process.argv[3] ?? 1_000);
const rounds = Number(process.argv[4] ?? 3);

const folder = await mkdtemp(join(tmpdir(), 'fukugen-bench-'));
const work = join(folder, 'work');
const fileOf = (number: number) => join(work, `${number % 200}`, `${number}.txt`);
const context = {
  progress: { stage: () => {}, count: () => {}, end: () => {} },
  signal: new AbortController().signal,
};
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** With what it writes on the disk: a copy that is still in memory is no copy. */
async function seconds(way: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await way();
  await execa('sync');
  return (performance.now() - started) / 1_000;
}

try {
  process.env.XDG_STATE_HOME = join(folder, 'state');
  const policy = {
    name: 'bench',
    local: {
      sources: { work: { kind: 'directory', path: 'work' } },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    },
  };
  await writeFile(join(folder, 'backup.config.yaml'), JSON.stringify(policy));
  const bytes = Math.round((megabytes * 1e6) / files);
  for (let number = 0; number < files; number += 1) {
    if (number < 200) await mkdir(join(work, `${number}`), { recursive: true });
    await writeFile(fileOf(number), randomBytes(bytes));
  }
  const workspace = await openWorkspace(folder, 'backup.config.yaml', context.signal);
  const copy = (to: string) => execa('rsync', ['-a', `${work}/`, join(folder, to)]);
  await execa('sync');
  const first = { copy: await seconds(() => copy('first')), generation: 0 };
  first.generation = await seconds(() => takeGeneration(workspace, workspace.sources, context));
  console.log(`${files} files, ${megabytes} MB, 1 % of the files changed between two runs`);
  console.log(`${(first.generation / first.copy).toFixed(3)}  the first generation, to rsync's first copy`);

  const times = { copy: [] as number[], generation: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    for (let number = round; number < files; number += 100) await appendFile(fileOf(number), 'more');
    await execa('sync');
    const ways = [
      async () => times.copy.push(await seconds(() => copy(`copy-${round}`))),
      async () => times.generation.push(await seconds(() => takeGeneration(workspace, workspace.sources, context))),
    ];
    for (const way of round % 2 === 0 ? ways : ways.reverse()) await way();
    await execa('rm', ['-rf', join(folder, `copy-${round}`)]);
  }
  const [generation, full] = [median(times.generation), median(times.copy)];
  console.log(
    `${(generation / full).toFixed(3)}  a later generation, to a full copy (goal: at most 0.25): ` +
      `${generation.toFixed(2)} s of ${full.toFixed(2)} s, medians of ${rounds}; load ${loadavg()[0]?.toFixed(1)}`,
  );
} finally {
  await removeTree(folder);
}
