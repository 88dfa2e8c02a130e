import type { Part } from '../verification/part.ts';
import type { ResticRepository } from './restic-repository.ts';

/** What `restic check` sees from the list of files, before it reads any. */
const missingPack = /^pack \S+: (does not exist|unexpected file size)/;

/** For the rest of such lines. */
const gatheringMilliseconds = 1_000;

interface Health {
  /** As sentences. */
  readonly problems: readonly string[];
  /** Whether reading what is left would take far longer than it should. */
  readonly isSlow: boolean;
}

/** @param part - whose data is read too; without one, only what says where the data is */
export async function checkRepository(repository: ResticRepository, part: Part | undefined): Promise<Health> {
  const subset = part ? [`--read-data-subset=${part.number}/${part.of}`] : [];
  const searches = (await repository.version()).isBefore(17);
  const enough = new AbortController();
  const lost: string[] = [];
  let gathering: NodeJS.Timeout | undefined;
  const onLine = (line: string) => {
    if (!missingPack.test(line)) return false;
    lost.push(line);
    // Before 0.17 it then tries to read them, again and again (4803).
    if (searches) gathering ??= setTimeout(() => enough.abort(), gatheringMilliseconds);
    return false;
  };
  try {
    const options = { accept: [0, 1], onLine, linesFrom: 'stderr', signal: enough.signal } as const;
    const { status, stderr } = await repository.run(['check', '--quiet', ...subset], options);
    const said = stderr.split('\n').filter((line) => line.trim() !== '');
    return { problems: status === 0 ? [] : said, isSlow: searches && lost.length > 0 };
  } catch (error) {
    if (!enough.signal.aborted) throw error;
    return { problems: lost, isSlow: true };
  } finally {
    clearTimeout(gathering);
  }
}
