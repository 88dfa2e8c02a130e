import { hostname } from 'node:os';
import { isAbsolute } from 'node:path';
import type { FukugenError } from '../../core/errors.ts';
import { isAlive } from '../system/alive.ts';
import { type ProgramOptions, type ProgramResult, runProgram } from '../system/run-program.ts';
import { requireFolder } from './folder-place.ts';
import { requireServer } from './reach.ts';
import { isLocked, resticFailure, resticStatuses } from './restic-failure.ts';
import { type ResticSettings, resticEnvironment } from './restic-settings.ts';
import { ResticVersion } from './restic-version.ts';
import { keptFailing } from './server-fault.ts';

/** For what reads a few small objects, on a server that answers slowly. */
const readingSeconds = 300;

interface ResticOptions extends Pick<ProgramOptions, 'folder' | 'onLine' | 'linesFrom' | 'accept'> {
  /** Ends this restic alone. */
  readonly signal?: AbortSignal;
  /** Leaves a lock that is in the way where it is, also one whose process has ended. */
  readonly keepLocks?: boolean;
}

/** One repository as restic reaches it: runs its commands, past the locks of processes that are gone. */
export class ResticRepository {
  /** Of the store, in the policy. */
  private readonly store: string;
  private readonly settings: ResticSettings;
  private versionSeen: Promise<ResticVersion> | undefined;
  private reached: Promise<void> | undefined;

  constructor(store: string, settings: ResticSettings) {
    this.store = store;
    this.settings = settings;
  }

  version(): Promise<ResticVersion> {
    this.versionSeen ??= ResticVersion.ofInstalled();
    return this.versionSeen;
  }

  /** @throws FukugenError when it ends with a status that `accept` does not name */
  async run(args: readonly string[], options: ResticOptions = {}): Promise<ProgramResult> {
    this.reached ??= this.requirePlace();
    await this.reached;
    let result = await this.attempt(args, options);
    if (isLocked(result) && !isAboutLocks(args) && !options.keepLocks && (await this.freeDeadLocks()))
      result = await this.attempt(args, options);
    if (!isLocked(result) && (options.accept ?? [0]).includes(result.status)) return result;
    throw this.failure(args[0] as string, result);
  }

  /** In a sentence. */
  failure(verb: string, result: ProgramResult): FukugenError {
    return resticFailure(this.store, this.settings.repository, verb, result);
  }

  /**
   * A killed restic leaves its lock, which is in the way of `check` (a shared one) or of everything (an exclusive one).
   * Only when each lock is of this machine and of a process that is gone; anybody else's is left to them.
   *
   * @returns how many there were; `undefined` when one of them is not dead, and all are as they were
   */
  async freeDeadLocks(): Promise<number | undefined> {
    const { stdout } = await this.run(['list', 'locks', '--no-lock', '--quiet']);
    let dead = 0;
    for (const id of stdout.split('\n').filter(Boolean)) {
      const lock = await this.run(['cat', 'lock', id, '--no-lock'], { accept: [0, 1] });
      // Gone by now: its owner has ended in the meantime.
      if (lock.status !== 0) continue;
      const { hostname: host, pid } = JSON.parse(lock.stdout) as { readonly hostname: string; readonly pid: number };
      if (host !== hostname() || isAlive(pid)) return undefined;
      dead += 1;
    }
    await this.run(['unlock', '--quiet']);
    return dead;
  }

  private async requirePlace(): Promise<void> {
    const { repository, signal } = this.settings;
    if (isAbsolute(repository)) await requireFolder(repository);
    else await requireServer(repository, signal);
  }

  private async attempt(args: readonly string[], options: ResticOptions): Promise<ProgramResult> {
    const { caCertificate, signal } = this.settings;
    // A connection on which nothing comes any more is given up by restic itself since 0.17 only. What takes long takes its time.
    const patience = args.includes('--no-lock') ? AbortSignal.timeout(readingSeconds * 1_000) : undefined;
    const globals = [
      ...(caCertificate ? ['--cacert', caCertificate] : []),
      // Waiting for another machine's lock is restic's own affair since 0.16.
      ...((await this.version()).isBefore(16) ? [] : ['--retry-lock', '5m']),
    ];
    try {
      return await runProgram('restic', [...globals, ...args], {
        ...options,
        // Every failure is looked at, where it gets its own sentence.
        accept: resticStatuses,
        code: 'store',
        signal: AbortSignal.any([signal, options.signal, patience].filter((each) => each !== undefined)),
        environment: resticEnvironment(this.settings),
      });
    } catch (error) {
      if (!patience?.aborted || signal.aborted || options.signal?.aborted) throw error;
      throw keptFailing(`the repository of the store ${this.store}`, `nothing came for ${readingSeconds} seconds`);
    }
  }
}

function isAboutLocks(args: readonly string[]): boolean {
  return args.includes('--no-lock') || args.includes('unlock');
}
