import { execa, type Result } from 'execa';
import { type ErrorCode, FukugenError } from '../../core/errors.ts';
import { redact } from './secrets.ts';

/**
 * What every child inherits: enough to find itself, its files and its way out, and none of the caller's secrets.
 * A stray variable does harm too: rclone 1.60 dies at start when AWS_CA_BUNDLE is set.
 */
const inherited =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_[A-Z]+|TMPDIR|XDG_[A-Z_]+|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy|SSH_AUTH_SOCK|RESTIC_CACHE_DIR)$/;

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
  /** Each line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
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
  const environment = { ...inheritedEnvironment(), ...options.environment };
  const child = execa(program, args, {
    reject: false,
    stdin: 'ignore',
    env: environment,
    extendEnv: false,
    ...(options.folder ? { cwd: options.folder } : {}),
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    forceKillAfterDelay: 10_000,
    maxBuffer: 64 * 2 ** 20,
  });
  if (options.onLine) for await (const line of child) options.onLine(line);
  const result = await child;
  if (result.isCanceled) throw new FukugenError('cancelled', 'stopped on request');
  if (result.exitCode !== undefined && (options.accept ?? [0]).includes(result.exitCode)) {
    return { status: result.exitCode, stdout: result.stdout, stderr: redact(result.stderr) };
  }
  throw new FukugenError(options.code ?? 'source', failure(program, result), { cause: result.cause });
}

function inheritedEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => inherited.test(entry[0]) && entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}

function failure(
  program: string,
  result: Pick<Result, 'exitCode' | 'signal' | 'code'> & { readonly stderr: string },
): string {
  const name = program.split('/').at(-1);
  if (result.code === 'ENOENT') return `the program ${name} is not installed`;
  const how = result.signal ? `was ended by ${result.signal}` : `ended with status ${result.exitCode ?? '?'}`;
  const words = redact(result.stderr.trim()).split('\n').slice(-5).join('\n');
  return words ? `${name} ${how}: ${words}` : `${name} ${how}`;
}
