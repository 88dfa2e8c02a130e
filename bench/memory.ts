// How much memory a backup and a restore take at most, for two sizes of the same database: it should not follow the size.
//   node bench/memory.ts [megabytes] [megabytes]
// The numbers behind docs/adr/0010-stored-form-of-dumps.md. Takes about ten minutes for the default of 100 and 2,000 MB.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { startScratchServer } from '../local/postgres/scratch-server.ts';
import { removeTree } from '../local/system/folders.ts';
import { tables } from './tables.ts';

const sizes = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 2_000)];
const main = join(import.meta.dirname, '..', 'local', 'main.ts');

/** Runs the command line as a process of its own; `--require` has it write down the most memory it ever had. */
async function peakOf(folder: string, args: readonly string[]): Promise<number> {
  const probe = join(folder, 'probe.cjs');
  const result = join(folder, 'peak');
  await writeFile(
    probe,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(result)}, String(process.resourceUsage().maxRSS)))`,
  );
  await execa(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--require',
      probe,
      main,
      '--config',
      join(folder, 'policy.yaml'),
      ...args,
    ],
    { cwd: folder, env: { XDG_STATE_HOME: join(folder, 'state') } },
  );
  return Number(await readFile(result, 'utf8')) / 1_024;
}

const peaks: { backup: number; restore: number }[] = [];
for (const megabytes of sizes) {
  await using server = await startScratchServer();
  const folder = await mkdtemp(join(tmpdir(), 'fukugen-bench-'));
  const client = new pg.Client(server.connection('postgres'));
  try {
    await client.connect();
    for (const { create, insert, rowsPerMegabyte } of Object.values(tables)) {
      await client.query(create);
      await client.query(insert(1, Math.round(megabytes / 3) * rowsPerMegabyte));
    }
    const { host, port, user } = server;
    const policy = {
      name: 'bench',
      local: {
        sources: { shop: { kind: 'postgres', host, port, user, database: 'postgres' } },
        stores: { disk: { kind: 'generations', path: 'disk' } },
      },
    };
    await writeFile(join(folder, 'policy.yaml'), JSON.stringify(policy));
    const peak = { backup: await peakOf(folder, ['backup']), restore: await peakOf(folder, ['restore', 'shop']) };
    console.log(
      `${megabytes} MB: backup ${peak.backup.toFixed(0)} MiB, restore ${peak.restore.toFixed(0)} MiB at most`,
    );
    peaks.push(peak);
  } finally {
    await client.end();
    await removeTree(folder);
  }
}
const [small, large] = peaks as [(typeof peaks)[number], (typeof peaks)[number]];
for (const what of ['backup', 'restore'] as const)
  console.log(
    `${(large[what] / small[what]).toFixed(2)}  ${what}: memory at ${sizes[1]} MB, to that at ${sizes[0]} MB`,
  );
