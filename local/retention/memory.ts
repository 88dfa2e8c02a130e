import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FukugenError } from '../../core/errors.ts';
import { acquireLock, type Lock } from '../system/lock.ts';
import { replaceFile } from '../system/replace-file.ts';
import { storeFailure } from '../system/store-failure.ts';
import { type Coverage, coverage, coverageOf, type Proven } from '../verification/coverage.ts';

/** What this machine remembers of its last run and of its proofs, for the sake of what may be removed and what is yet to be proven. */

export interface LastRun {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** @default - it was killed, or still goes on */
  readonly finishedAt?: string;
  /** What was not as it should be, as sentences; empty when all was well. */
  readonly complaints: readonly string[];
}

const coverageFile = join('verification', 'coverage.json');
/** Others hold it for as long as it takes to write a small file. */
const lockSeconds = 60;

export class Memory {
  private readonly folder: string;

  /** @param folder - the workspace's state */
  constructor(folder: string) {
    this.folder = folder;
  }

  async lastRun(): Promise<LastRun | undefined> {
    return (await this.read('last-run.json')) as LastRun | undefined;
  }

  async rememberRun(run: LastRun): Promise<void> {
    await this.write('last-run.json', run);
  }

  async coverage(): Promise<Coverage> {
    const { success, data } = coverage.safeParse(await this.read(coverageFile));
    return success ? data : { format: 1, stores: {} };
  }

  /** @param edit - changes what it is given; two runs at the same time do so one after the other */
  async changeCoverage(edit: (all: Coverage) => void): Promise<void> {
    await using _lock = await this.lock();
    const all = await this.coverage();
    edit(all);
    await this.write(coverageFile, all);
  }

  /** By the name of the generation. */
  async proofsOf(store: string): Promise<Readonly<Record<string, Proven>>> {
    const generations = Object.entries((await this.coverage()).stores[store]?.generations ?? {});
    return Object.fromEntries(generations.map(([name, { whole }]) => [name, whole]));
  }

  async forgetProofs(store: string, generations: readonly string[]): Promise<void> {
    await this.changeCoverage((all) => {
      const known = coverageOf(all, store).generations;
      for (const generation of generations) delete known[generation];
    });
  }

  /** What cannot be read is not known: at worst a generation stays that could have gone. */
  private async read(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(join(this.folder, name), 'utf8'));
    } catch {
      return undefined;
    }
  }

  private async write(name: string, content: unknown): Promise<void> {
    try {
      await replaceFile(join(this.folder, name), `${JSON.stringify(content, null, 2)}\n`);
    } catch (cause) {
      throw storeFailure(cause, this.folder);
    }
  }

  private async lock(): Promise<Lock> {
    const deadline = Date.now() + lockSeconds * 1_000;
    for (;;) {
      try {
        return await acquireLock(join(this.folder, dirname(coverageFile)), 'writing down what was verified');
      } catch (error) {
        if (!(error instanceof FukugenError) || error.code !== 'locked' || Date.now() > deadline) throw error;
        await sleep(20);
      }
    }
  }
}
