import type { Memory } from '../retention/memory.ts';
import { ResticStore } from '../stores/restic.ts';
import type { Store } from '../stores/store.ts';
import { type Covered, coverageOf, type GenerationCoverage } from './coverage.ts';
import type { Result, Verdict } from './finding.ts';
import type { Level } from './levels.ts';
import { nextPart, type Part } from './part.ts';

/** What is to be verified, and under which manifest. */
interface Subject {
  readonly store: string;
  readonly generation: string;
  /** SHA-256 of the manifest. */
  readonly manifest: string;
  readonly level: Level;
}

/**
 * One verification of a generation from its first source to its last. What is proven meanwhile is known to the next run, which goes on
 * where this one was killed; after its end the next one begins anew.
 */
export class Round {
  /** ISO 8601. */
  readonly startedAt: string;
  private readonly memory: Memory;
  private readonly subject: Subject;
  private readonly before: GenerationCoverage['sources'];

  private constructor(memory: Memory, subject: Subject, { sources, round }: GenerationCoverage) {
    this.memory = memory;
    this.subject = subject;
    this.before = sources;
    this.startedAt = (round as NonNullable<typeof round>).startedAt;
  }

  /**
   * @param begins - for a round that is not the rest of one: when this run looked at the store first, ISO 8601
   * @param isAnew - whether an unfinished round is given up
   */
  static async begin(memory: Memory, subject: Subject, begins: string, isAnew: boolean): Promise<Round> {
    let record: GenerationCoverage | undefined;
    await memory.changeCoverage((all) => {
      const { generations } = coverageOf(all, subject.store);
      const known = generations[subject.generation];
      record = known?.manifest === subject.manifest ? known : { manifest: subject.manifest, sources: {}, whole: {} };
      if (record.round?.level !== subject.level || isAnew) record.round = { level: subject.level, startedAt: begins };
      generations[subject.generation] = record;
    });
    return new Round(memory, subject, structuredClone(record as unknown as GenerationCoverage));
  }

  /** What this round has established already; what failed is looked at again. */
  done(source: string, level: Level): Covered | undefined {
    const covered = this.before[source]?.[level];
    return covered && covered.at >= this.startedAt && covered.verdict !== 'failed' ? covered : undefined;
  }

  /** @param proven - the levels at which every source of the generation is proven */
  async end(proven: readonly Level[]): Promise<void> {
    await this.memory.changeCoverage((all) => {
      const record = coverageOf(all, this.subject.store).generations[this.subject.generation];
      // Pruned in the meantime.
      if (record?.manifest !== this.subject.manifest) return;
      delete record.round;
      for (const level of proven) record.whole[level] = new Date().toISOString();
    });
  }
}

/** At once, so that it is known whatever ends this run. */
export async function rememberResult(
  memory: Memory,
  { store, generation, manifest }: Omit<Subject, 'level'>,
  source: string,
  level: Level,
  { verdict, portion }: Result,
): Promise<void> {
  await memory.changeCoverage((all) => {
    const { generations } = coverageOf(all, store);
    const known = generations[generation];
    const record = known?.manifest === manifest ? known : { manifest, sources: {}, whole: {} };
    const covered = { at: new Date().toISOString(), verdict, ...(portion ? { portion } : {}) };
    record.sources[source] = { ...record.sources[source], [level]: covered };
    generations[generation] = record;
  });
}

/**
 * What the store says of its own health. A repository that is read by parts reads the one whose turn it is; the turn passes on when
 * restic has answered, whatever it answered, and not when it was killed.
 *
 * @returns problems as sentences, and the part that was read
 */
export async function checkStore(
  memory: Memory,
  store: Store,
  parts: number,
): Promise<{ readonly complaints: readonly string[]; readonly part?: Part }> {
  if (!(store instanceof ResticStore)) return { complaints: await store.check() };
  const part = nextPart((await memory.coverage()).stores[store.name]?.part, parts);
  const complaints = await store.check(part);
  const verdict: Verdict = complaints.length > 0 ? 'failed' : 'proven';
  await memory.changeCoverage((all) => {
    coverageOf(all, store.name).part = { ...part, at: new Date().toISOString(), verdict };
  });
  return { complaints, part };
}
