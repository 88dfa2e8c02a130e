import type { Readable } from 'node:stream';
import { execa, type Result } from 'execa';
import { type ErrorCode, FukugenError } from '../../core/errors.ts';
import { redact } from './secrets.ts';

/**
 * What every child inherits: enough to find itself, its files and its way out, and none of the caller's secrets.
 * A stray variable does harm too: rclone 1.60 dies at start when AWS_CA_BUNDLE is set.
 */
const inherited =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_[A-Z]+|TMPDIR|XDG_[A-Z_]+|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy|SSH_AUTH_SOCK|RESTIC_CACHE_DIR|DOCKER_(HOST|CONTEXT|CONFIG|CERT_PATH|TLS_VERIFY)|COMPOSE_(FILE|PROJECT_NAME|PROFILES))$/;

/** How long to read on from a program that has ended. */
const lastWordsMilliseconds = 200;

export interface ProgramOptions {
  /** The command line shows arguments to everyone on the machine: a secret goes here. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** @default 'source' */
  readonly code?: ErrorCode;
  /**
   * Exit statuses that the caller understands and handles.
   * @default [0]
   */
  readonly accept?: readonly number[];
  /** Given each line as it comes, says whether it was about progress: hours of that are not kept. */
  readonly onLine?: (line: string) => boolean;
  /** @default 'stdout' */
  readonly linesFrom?: 'stdout' | 'stderr';
  readonly signal?: AbortSignal | undefined;
  /** Seconds. @default - as long as it takes */
  readonly timeout?: number;
  /**
   * Whether it is over when the program ends, although what it left running holds its output open.
   * @default false
   */
  readonly leavesOthers?: boolean;
}

export interface ProgramResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program by argument array, never through a shell, and checks how it ended.
 *
 * @throws FukugenError with the program's own last words, secrets taken out
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { onLine, linesFrom = 'stdout' } = options;
  const buffer = { stdout: !onLine || linesFrom !== 'stdout', stderr: !onLine || linesFrom !== 'stderr' };
  const child = execa(program, args, { ...settings(options), buffer, maxBuffer: 64 * 2 ** 20 });
  if (options.leavesOthers) child.once('exit', () => setTimeout(() => close(child), lastWordsMilliseconds));
  const lines: string[] = [];
  if (onLine) for await (const line of child.iterable({ from: linesFrom })) if (!onLine(line)) lines.push(line);
  const result = await child;
  const [stdout, stderr] = [result.stdout ?? lines.join('\n'), redact(result.stderr ?? lines.join('\n'))];
  if (result.isCanceled) throw stopped(options);
  if (result.exitCode !== undefined && (options.accept ?? [0]).includes(result.exitCode)) {
    return { status: result.exitCode, stdout, stderr };
  }
  const said = failure(program, result, stderr, options.timeout);
  throw new FukugenError(options.code ?? 'source', said, { cause: result.cause });
}

/**
 * As `runProgram`, for output of any size, handed over as it comes.
 *
 * @param consume - reads all of it; when it fails the program is ended
 */
export async function programOutput(
  program: string,
  args: readonly string[],
  options: Omit<ProgramOptions, 'accept' | 'onLine' | 'linesFrom'>,
  consume: (output: Readable) => Promise<void>,
): Promise<void> {
  const child = execa(program, args, { ...settings(options), buffer: { stdout: false } });
  const consuming = consume(child.stdout);
  consuming.catch(() => child.kill());
  // What a program started may hold its pipes open after it failed; nobody wants the rest then, but its last words.
  child.once('exit', (status) => {
    if (status !== 0) setTimeout(() => close(child), lastWordsMilliseconds);
  });
  const [consumed, result] = await Promise.all([
    consuming.then(
      () => undefined,
      (error: unknown) => error,
    ),
    child,
  ]);
  if (result.isCanceled) throw stopped(options);
  // Ours first: a program whose reader went away fails for that reason alone.
  if (consumed instanceof FukugenError) throw consumed;
  if (result.exitCode !== 0)
    throw new FukugenError(options.code ?? 'source', failure(program, result, redact(result.stderr), options.timeout), {
      cause: result.cause,
    });
  if (consumed) throw consumed;
}

/** What stopped the run says which signal it was, and what that means. */
function stopped({ signal }: ProgramOptions): FukugenError {
  return signal?.reason instanceof FukugenError ? signal.reason : new FukugenError('cancelled', 'stopped on request');
}

function close({ stdout, stderr }: { readonly stdout: Readable | null; readonly stderr: Readable | null }): void {
  stdout?.destroy();
  stderr?.destroy();
}

function settings({ environment, folder, signal, timeout }: ProgramOptions) {
  return {
    reject: false,
    stdin: 'ignore',
    env: { ...inheritedEnvironment(), ...environment },
    extendEnv: false,
    ...(folder ? { cwd: folder } : {}),
    ...(signal ? { cancelSignal: signal } : {}),
    ...(timeout ? { timeout: timeout * 1_000 } : {}),
    forceKillAfterDelay: 10_000,
  } as const;
}

function inheritedEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => inherited.test(entry[0]) && entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}

function failure(
  program: string,
  result: Pick<Result, 'exitCode' | 'signal' | 'code' | 'timedOut'>,
  stderr: string,
  timeout: number | undefined,
): string {
  const name = program.split('/').at(-1);
  if (result.code === 'ENOENT') return `the program ${name} is not installed`;
  if (result.timedOut) return `${name} did not end within ${timeout} seconds`;
  const how = result.signal ? `was ended by ${result.signal}` : `ended with status ${result.exitCode ?? '?'}`;
  const words = stderr.trim().split('\n').slice(-5).join('\n');
  return words ? `${name} ${how}: ${words}` : `${name} ${how}`;
}
