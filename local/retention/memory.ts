import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storeFailure } from '../system/store-failure.ts';

/** What this machine remembers of its last run and of its proofs, for the sake of what may be removed. */

export interface LastRun {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** @default - it was killed, or still goes on */
  readonly finishedAt?: string;
  /** What was not as it should be, as sentences; empty when all was well. */
  readonly complaints: readonly string[];
}

/** When a generation in a store was last proven, ISO 8601, by the level of `fukugen verify`. */
export interface Proven {
  readonly bytes?: string;
  readonly identical?: string;
}

type Proofs = Readonly<Record<string, Readonly<Record<string, Proven>>>>;

export class Memory {
  private readonly folder: string;

  /** @param folder - the workspace's state */
  constructor(folder: string) {
    this.folder = folder;
  }

  async lastRun(): Promise<LastRun | undefined> {
    return this.read<LastRun>('last-run.json');
  }

  async rememberRun(run: LastRun): Promise<void> {
    await this.write('last-run.json', run);
  }

  /** By the name of the generation. */
  async proofsOf(store: string): Promise<Readonly<Record<string, Proven>>> {
    return (await this.read<Proofs>('proofs.json'))?.[store] ?? {};
  }

  async rememberProof(store: string, generation: string, level: keyof Proven): Promise<void> {
    const proofs = (await this.read<Proofs>('proofs.json')) ?? {};
    const proven = { ...proofs[store]?.[generation], [level]: new Date().toISOString() };
    await this.write('proofs.json', { ...proofs, [store]: { ...proofs[store], [generation]: proven } });
  }

  async forgetProofs(store: string, generations: readonly string[]): Promise<void> {
    const proofs = (await this.read<Proofs>('proofs.json')) ?? {};
    const left = Object.entries(proofs[store] ?? {}).filter(([generation]) => !generations.includes(generation));
    await this.write('proofs.json', { ...proofs, [store]: Object.fromEntries(left) });
  }

  /** What cannot be read is not known: at worst a generation stays that could have gone. */
  private async read<T>(name: string): Promise<T | undefined> {
    try {
      return JSON.parse(await readFile(join(this.folder, name), 'utf8')) as T;
    } catch {
      return undefined;
    }
  }

  private async write(name: string, content: unknown): Promise<void> {
    const file = join(this.folder, name);
    const beside = `${file}.${process.pid}`;
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(beside, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
      await rename(beside, file);
    } catch (cause) {
      throw storeFailure(cause, this.folder);
    }
  }
}
