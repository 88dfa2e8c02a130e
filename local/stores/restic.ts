import { hostname } from 'node:os';
import { FukugenError } from '../../core/errors.ts';
import { momentOf } from '../generation/identifier.ts';
import { isComplete } from '../generation/manifest.ts';
import { isAlive } from '../system/alive.ts';
import { jsonLine } from '../system/json-line.ts';
import { megabytes } from '../system/progress.ts';
import { type ProgramResult, runProgram } from '../system/run-program.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import type { Part } from '../verification/part.ts';
import { requireServer } from './reach.ts';
import { keptFailing, refusal } from './server-fault.ts';
import type { Held, Stage, Store, StoredGeneration } from './store.ts';

export interface ResticSettings {
  /** As restic writes it. */
  readonly repository: string;
  /** Holds RESTIC_PASSWORD and what the backend reads, such as AWS_ACCESS_KEY_ID. */
  readonly environment: Readonly<Record<string, string>>;
  /** PEM file of a private certificate authority. */
  readonly caCertificate?: string | undefined;
  /** A second. @default - as many as there is room for */
  readonly uploadBytes?: number | undefined;
  /** Ends every restic under way. */
  readonly signal: AbortSignal;
}

/** What `restic check` sees from the list of files, before it reads any. */
const missingPack = /^pack \S+: (does not exist|unexpected file size)/;
/** For the rest of such lines. */
const gatheringMilliseconds = 1_000;

/** For what reads a few small objects, on a server that answers slowly. */
const readingSeconds = 300;

/** https://restic.readthedocs.io/en/stable/075_scripting.html#json-output */
interface Status {
  readonly total_bytes: number;
  readonly bytes_done: number;
}

interface Snapshot {
  readonly id: string;
  readonly hostname: string;
  readonly tags?: readonly string[];
}

/**
 * An encrypted, deduplicated restic repository: a folder, R2 or any S3, sftp, REST. One snapshot a generation.
 *
 * Snapshots are found by tag, never by path: restic groups by host and path, and a path of ours is another one each time.
 */
export class ResticStore implements Store {
  readonly kind = 'restic';
  readonly encrypted = true;
  readonly name: string;
  private readonly policy: string;
  private readonly settings: ResticSettings;
  private versionSeen: readonly [number, number] | undefined;
  private lacksPacks = false;
  private reached: Promise<void> | undefined;

  constructor(name: string, policy: string, settings: ResticSettings) {
    this.name = name;
    this.policy = policy;
    this.settings = settings;
  }

  /** Makes the repository; asked for explicitly, since a mistyped address would otherwise become a new, empty one. */
  async initialise(): Promise<void> {
    await this.restic(['init']);
  }

  /** Whether there is a repository that opens with our password. */
  async exists(): Promise<boolean> {
    try {
      await this.examine();
      return true;
    } catch (error) {
      if (error instanceof FukugenError && error.code === 'missing') return false;
      throw error;
    }
  }

  async examine(): Promise<void> {
    // Without a lock of its own: reading the configuration disturbs nobody, and a dry run leaves no trace.
    await this.restic(['cat', 'config', '--no-lock']);
  }

  /** There is nothing to make: `initialise` does that, when it is asked for. */
  async prepare(): Promise<void> {
    await this.examine();
  }

  async put(stage: Stage): Promise<void> {
    const moment = momentOf(stage.generation) as Date;
    const { uploadBytes } = this.settings;
    const [parent] = await this.snapshots();
    await this.restic(
      [
        'backup',
        // From inside the generation, so that a person who restores by hand gets the generation itself and no path of this machine.
        '.',
        ...['--host', hostname()],
        ...['--tag', 'fukugen', '--tag', this.policyTag, '--tag', `generation=${stage.generation}`],
        // What retention has to know of a generation; fetching a manifest from far away for it takes a second each.
        ...stage.manifest.sources.flatMap(({ name }) => ['--tag', `source=${name}`]),
        ...(isComplete(stage.manifest) ? ['--tag', 'whole'] : []),
        ...['--time', localTime(moment)],
        // The path differs from run to run, so restic would find no parent by itself and read every file again.
        ...(parent ? ['--parent', parent.id] : []),
        // Linking a file into the next generation changes its ctime and nothing else; inode, size and time still decide.
        '--ignore-ctime',
        // In KiB a second.
        ...(uploadBytes === undefined ? [] : ['--limit-upload', `${Math.floor(uploadBytes / 1024)}`]),
        '--json',
      ],
      {
        folder: stage.folder,
        onLine: (line) => {
          const { total_bytes: total = 0, bytes_done: done = 0 } = jsonLine<Status>(line) ?? {};
          if (total > 0) stage.progress.count(megabytes(done), megabytes(total), 'MB read');
          return total > 0;
        },
      },
    );
  }

  async list(): Promise<StoredGeneration[]> {
    const snapshots = await this.snapshots();
    return snapshots.map((snapshot) => ({ generation: generationOf(snapshot) as string, store: this.name }));
  }

  async held(): Promise<Held[]> {
    return (await this.snapshots()).map((snapshot) => {
      const tags = snapshot.tags ?? [];
      const sources = tags.filter((tag) => tag.startsWith('source=')).map((tag) => tag.slice('source='.length));
      return {
        generation: generationOf(snapshot) as string,
        owner: { policy: this.policy, host: snapshot.hostname },
        sources,
        isWhole: tags.includes('whole'),
      };
    });
  }

  /**
   * By their ids, so that no grouping and no rule of restic's own can take more. The lock of a process that has ended is removed,
   * but then the data stays until the next time, and the snapshots alone go: whoever believes in that lock still, such as a container
   * of the same name, may rely on data that no snapshot names yet (restic 3486).
   */
  async remove(generations: readonly string[]): Promise<void> {
    const deadLocks = await this.freeDeadLocks();
    const isMeant = (snapshot: Snapshot) =>
      snapshot.hostname === hostname() && generations.includes(generationOf(snapshot) as string);
    const ids = (await this.snapshots()).filter(isMeant).map(({ id }) => id);
    if (ids.length > 0) await this.restic(['forget', '--quiet', ...ids], { keepLocks: true });
    // Before 0.19 a snapshot that could not be deleted is no failure to restic (5233).
    const left = (await this.snapshots()).filter(isMeant);
    if (left.length > 0) {
      throw new FukugenError('store', `restic could not remove ${left.length} snapshots from the store ${this.name}`);
    }
    if (deadLocks === 0) await this.restic(['prune', '--quiet'], { keepLocks: true });
  }

  async open<T>(generation: string, use: (folder: string) => Promise<T>): Promise<T> {
    const snapshot = (await this.snapshots()).find((candidate) => generationOf(candidate) === generation);
    if (!snapshot)
      throw new FukugenError('missing', `the store ${this.name} has no generation ${generation}`, {
        next: 'fukugen list',
      });
    if (this.lacksPacks) {
      throw new FukugenError(
        'store',
        `the repository of the store ${this.name} lacks data, for which this restic looks a quarter of an hour before it gives the rest`,
        { next: 'fukugen restore brings what is whole; restic 0.17 or later does so at once' },
      );
    }
    await using folder = await temporaryFolder(`a generation from ${this.name}`);
    await this.restic(['restore', snapshot.id, '--target', folder.path, '--quiet']);
    return await use(folder.path);
  }

  /** @param part - whose data is read too; without one, only what says where the data is */
  async check(part?: Part): Promise<string[]> {
    const subset = part ? [`--read-data-subset=${part.number}/${part.of}`] : [];
    const enough = new AbortController();
    const lost: string[] = [];
    const onLine = (line: string) => {
      if (!missingPack.test(line)) return false;
      lost.push(line);
      // Before 0.17 it then tries to read them, again and again (4803).
      this.lacksPacks = this.isBefore(17);
      if (this.lacksPacks) setTimeout(() => enough.abort(), gatheringMilliseconds);
      return false;
    };
    try {
      const options = { accept: [0, 1], onLine, linesFrom: 'stderr', signal: enough.signal } as const;
      const result = await this.restic(['check', '--quiet', ...subset], options);
      return result.status === 0 ? [] : result.stderr.split('\n').filter((line) => line.trim() !== '');
    } catch (error) {
      if (!enough.signal.aborted || this.settings.signal.aborted) throw error;
      return lost;
    }
  }

  /** Newest first. */
  private async snapshots(): Promise<Snapshot[]> {
    // Without a lock: a list disturbs nobody, and must not fail while a check has the repository for itself.
    const { stdout } = await this.restic(['snapshots', '--json', '--no-lock', '--tag', `fukugen,${this.policyTag}`]);
    const snapshots = (JSON.parse(stdout) as Snapshot[] | null) ?? [];
    return snapshots
      .filter((snapshot) => generationOf(snapshot) !== undefined)
      .sort((a, b) => ((generationOf(a) as string) < (generationOf(b) as string) ? 1 : -1));
  }

  private get policyTag(): string {
    return `policy=${this.policy}`;
  }

  private async restic(
    args: readonly string[],
    options: {
      readonly folder?: string;
      readonly onLine?: (line: string) => boolean;
      readonly linesFrom?: 'stderr';
      /** Ends this restic alone. */
      readonly signal?: AbortSignal;
      readonly accept?: readonly number[];
      /** Leaves a lock that is in the way where it is, also one whose process has ended. */
      readonly keepLocks?: boolean;
    } = {},
  ): Promise<ProgramResult> {
    const { repository, environment, caCertificate, signal } = this.settings;
    this.reached ??= requireServer(repository, signal);
    await this.reached;
    const globals = [...(caCertificate ? ['--cacert', caCertificate] : []), ...(await this.patience())];
    const attempt = () =>
      runProgram('restic', [...globals, ...args], {
        ...options,
        // Every failure is looked at below, where it gets its own sentence.
        accept: [0, 1, 3, 10, 11, 12],
        code: 'store',
        signal: options.signal ? AbortSignal.any([signal, options.signal]) : signal,
        // A connection on which nothing comes any more is given up by restic itself since 0.17 only. What takes long takes its time.
        ...(args.includes('--no-lock') ? { timeout: readingSeconds } : {}),
        environment: { ...environment, RESTIC_REPOSITORY: repository, RESTIC_PROGRESS_FPS: '1' },
      });
    let result = await attempt();
    if (isLocked(result) && !isAboutLocks(args) && !options.keepLocks && (await this.freeDeadLocks()))
      result = await attempt();
    if (!isLocked(result) && (options.accept ?? [0]).includes(result.status)) return result;
    throw this.explain(result, args[0] as string);
  }

  /**
   * A killed restic leaves its lock, which is in the way of `check` (a shared one) or of everything (an exclusive one).
   * Only when each lock is of this machine and of a process that is gone; anybody else's is left to them.
   *
   * @returns how many there were; `undefined` when one of them is not dead, and all are as they were
   */
  private async freeDeadLocks(): Promise<number | undefined> {
    const { stdout } = await this.restic(['list', 'locks', '--no-lock', '--quiet']);
    let dead = 0;
    for (const id of stdout.split('\n').filter(Boolean)) {
      const lock = await this.restic(['cat', 'lock', id, '--no-lock'], { accept: [0, 1] });
      // Gone by now: its owner has ended in the meantime.
      if (lock.status !== 0) continue;
      const { hostname: host, pid } = JSON.parse(lock.stdout) as { readonly hostname: string; readonly pid: number };
      if (host !== hostname() || isAlive(pid)) return undefined;
      dead += 1;
    }
    await this.restic(['unlock', '--quiet']);
    return dead;
  }

  /** Waiting for another machine's lock is restic's own affair since 0.16. */
  private async patience(): Promise<string[]> {
    this.versionSeen ??= await resticVersion();
    return this.isBefore(16) ? [] : ['--retry-lock', '5m'];
  }

  /** By the minor version: the major is 0. Known after the first command. */
  private isBefore(wanted: number): boolean {
    const [major, minor] = this.versionSeen ?? [0, 0];
    return major === 0 && minor < wanted;
  }

  /** Exit statuses 10 to 12 came with 0.17; before, everything is 1 and the words must do. */
  private explain({ status, stderr }: ProgramResult, verb: string): FukugenError {
    if (status === 12 || /wrong password or no key found/.test(stderr)) {
      return new FukugenError('secret', `the repository of the store ${this.name} does not open with this password`, {
        next: 'check the secret that the policy names as its password; nothing was changed',
      });
    }
    const server = `the server of the store ${this.name}`;
    const refused = refusal(server, stderr);
    if (refused) return refused;
    const reason = /unable to open config file: (?:Stat: )?(.*)/.exec(stderr)?.[1];
    // A server that fails says nothing about whether the repository is there.
    if (reason && isServed(this.settings.repository) && !/does not exist|\b404\b|x509/.test(reason))
      return keptFailing(server, reason);
    if (status === 10 || /Is there a repository at the following location/.test(stderr)) {
      return new FukugenError(
        'missing',
        `the store ${this.name} has no restic repository yet, or it cannot be reached${reason ? `: ${reason}` : ''}`,
        {
          next: `fukugen init ${this.name} makes it, when the address is right`,
        },
      );
    }
    if (isLocked({ status, stderr })) {
      return new FukugenError('locked', `the repository of the store ${this.name} is locked by another restic`, {
        next: 'wait for it to end; when its process is gone, restic unlock removes the lock',
      });
    }
    if (/returned error, retrying after/.test(stderr)) {
      const last = /^Fatal: (.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split('\n').at(-1);
      return keptFailing(server, last as string);
    }
    // Some failures come with the stack of the Go program: names without a blank, places after a tab.
    const said = stderr
      .split('\n')
      .map(wordsIn)
      .filter((line) => /^\S+\s/.test(line));
    const words = said.slice(-5).join('\n');
    return new FukugenError(
      'store',
      `restic ${verb} failed for the store ${this.name} with status ${status}: ${words}`,
    );
  }
}

/** Asked for JSON, newer versions fail in JSON too. */
function wordsIn(line: string): string {
  return jsonLine<{ readonly message: string }>(line)?.message ?? line;
}

function isLocked({ status, stderr }: Pick<ProgramResult, 'status' | 'stderr'>): boolean {
  return status === 11 || (status !== 0 && /repository is already locked/.test(stderr));
}

/** Over HTTP, by a server that may have a bad day. */
function isServed(repository: string): boolean {
  return /^(s3|rest):/.test(repository);
}

function isAboutLocks(args: readonly string[]): boolean {
  return args.includes('--no-lock') || args.includes('unlock');
}

function generationOf(snapshot: Snapshot): string | undefined {
  const name = snapshot.tags?.find((tag) => tag.startsWith('generation='))?.slice('generation='.length);
  return name !== undefined && momentOf(name) ? name : undefined;
}

/** restic reads `--time` in the timezone of the machine, to the second. */
function localTime(moment: Date): string {
  const part = (value: number) => String(value).padStart(2, '0');
  const day = `${moment.getFullYear()}-${part(moment.getMonth() + 1)}-${part(moment.getDate())}`;
  return `${day} ${part(moment.getHours())}:${part(moment.getMinutes())}:${part(moment.getSeconds())}`;
}

async function resticVersion(): Promise<readonly [number, number]> {
  const { stdout } = await runProgram('restic', ['version'], { code: 'missing' });
  const match = /^restic (\d+)\.(\d+)/.exec(stdout);
  if (!match) throw new FukugenError('missing', `this restic does not say its version: ${stdout}`);
  const version = [Number(match[1]), Number(match[2])] as const;
  if (version[0] === 0 && version[1] < 14) {
    throw new FukugenError('missing', `restic ${match[1]}.${match[2]} is too old`, {
      next: 'install restic 0.14 or later',
    });
  }
  return version;
}
