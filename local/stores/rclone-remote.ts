import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { FukugenError } from '../../core/errors.ts';
import { jsonLine } from '../system/json-line.ts';
import { megabytes, type Progress } from '../system/progress.ts';
import { type ProgramResult, runProgram } from '../system/run-program.ts';
import { markSecret } from '../system/secrets.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { diskFault } from './disk-fault.ts';
import { requireFolder } from './folder-place.ts';
import { keptFailing, refusal } from './server-fault.ts';

export interface RcloneSettings {
  /** `name:path`. */
  readonly remote: string;
  /** Of the remote; none: rclone's own configuration knows it. */
  readonly options: Readonly<Record<string, string>> | undefined;
  /** Options that are secrets, by their values. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly crypt: { readonly password: string; readonly salt: string | undefined } | undefined;
  readonly caCertificate: string | undefined;
  /** A second. @default - as many as there is room for */
  readonly uploadBytes?: number | undefined;
  readonly signal: AbortSignal;
}

const nothingThere = 3;

/** A status of none of rclone's. */
const stopped = -1;

/**
 * So many files one after another, each tried several times, and the server is not going to take the next: rclone itself would go
 * through all the others, for days when there are many.
 */
const filesGivenUp = 8;

const serverFailure = /(.*)\s+(?:status code: (?:429|5\d\d)|caused by: (?!.*x509)(.*))/;

/**
 * Right for Cloudflare R2, and harmless elsewhere. Keys of one bucket may neither list nor make buckets; R2 answered rclone 1.60's
 * look after an upload with 501 (neiliro 290); many connections meet with 429 (pgbackrest 2655). Uploads are held against the list of the
 * next run instead.
 */
const flags = [
  '--s3-no-check-bucket',
  '--s3-no-head',
  '--transfers=4',
  '--checkers=4',
  '--retries=3',
  // What fails in three ways at once may work a moment later.
  '--retries-sleep=2s',
  // Five minutes of silence, thirty times over, is nobody's patience.
  '--timeout=1m',
  // Each of these waits up to two seconds, and S3's own client tries several times besides: ten of them take three minutes.
  '--low-level-retries=5',
  '--stats=2s',
  '--stats-log-level=NOTICE',
  '--use-json-log',
];

/** Options of rclone's backends that stand obscured in its configuration. */
const obscuredOptions = /(^|_)pass(word\d?)?$/;

/** One place of rclone's, with its configuration in the environment: a password never stands in an argument or a file. */
export class RcloneRemote {
  private readonly settings: RcloneSettings;
  private configured: Promise<Readonly<Record<string, string>>> | undefined;

  constructor(settings: RcloneSettings) {
    this.settings = settings;
  }

  /** A path in it, as an argument. */
  at(...parts: string[]): string {
    const path = parts.join('/');
    if (this.settings.crypt) return `fukugencrypt:${path}`;
    const base = this.base();
    return path === '' ? base : `${base}${/[:/]$/.test(base) ? '' : '/'}${path}`;
  }

  /** @returns the lines of what is there; none where nothing is */
  async list(place: string, ...args: string[]): Promise<string[]> {
    const { status, stdout } = await this.run(['lsf', ...args, place], [0, nothingThere]);
    return status === nothingThere ? [] : stdout.split('\n').filter(Boolean);
  }

  /** Lends the option that names files, as many as there are. */
  async withNames<T>(names: readonly string[], use: (option: string) => Promise<T>): Promise<T> {
    await using folder = await temporaryFolder('names of files');
    const file = join(folder.path, 'names');
    await writeFile(file, `${names.join('\n')}\n`, { mode: 0o600 });
    return await use(`--files-from-raw=${file}`);
  }

  /** As `run`, for gigabytes. */
  async upload(args: readonly string[], progress: Progress): Promise<void> {
    const { uploadBytes } = this.settings;
    const limit = uploadBytes === undefined ? [] : [`--bwlimit=${uploadBytes}B:off`];
    await this.run([...args, ...limit], [0], ({ bytes, totalBytes }) =>
      progress.count(megabytes(bytes), megabytes(totalBytes), 'MB'),
    );
  }

  async run(
    args: readonly string[],
    accept: readonly number[] = [0],
    onStats?: (stats: Stats) => void,
  ): Promise<ProgramResult> {
    this.configured ??= this.requireFolder().then(() => this.configuration());
    const { caCertificate, signal } = this.settings;
    const all = [...flags, ...(caCertificate ? [`--ca-cert=${caCertificate}`] : []), ...args];
    const giveUp = new AbortController();
    const failures: string[] = [];
    let done = 0;
    const onLine = (line: string) => {
      const { stats, msg } = jsonLine<LogLine>(line) ?? {};
      if (stats) {
        onStats?.(stats);
        if (stats.transfers > done) failures.length = 0;
        done = stats.transfers;
      } else if (msg !== undefined && isServerFailure(msg) && failures.push(line) === filesGivenUp) {
        giveUp.abort();
      }
      return stats !== undefined;
    };
    const result = await runProgram('rclone', all, {
      environment: await this.configured,
      signal: AbortSignal.any([signal, giveUp.signal]),
      code: 'store',
      accept: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      onLine,
      linesFrom: 'stderr',
    }).catch((error: unknown) => {
      if (!giveUp.signal.aborted || signal.aborted) throw error;
      return { status: stopped, stdout: '', stderr: failures.join('\n') };
    });
    if (accept.includes(result.status)) return result;
    throw explain(args[0] as string, result);
  }

  private async requireFolder(): Promise<void> {
    const { remote, options } = this.settings;
    if (options?.type === 'local') await requireFolder(remote.slice(remote.indexOf(':') + 1));
  }

  private base(): string {
    const { remote, options } = this.settings;
    return options ? `fukugenremote:${remote.slice(remote.indexOf(':') + 1)}` : remote;
  }

  /** https://rclone.org/docs/#environment-variables */
  private async configuration(): Promise<Record<string, string>> {
    const { options, secrets, crypt } = this.settings;
    const environment: Record<string, string> = {};
    const set = (remote: string, option: string, value: string) => {
      environment[`RCLONE_CONFIG_${remote}_${option.toUpperCase()}`] = value;
    };
    const name = options ? 'FUKUGENREMOTE' : this.settings.remote.split(':', 1).join('').toUpperCase();
    for (const [option, value] of Object.entries(options ?? {})) set(name, option, value);
    for (const [option, value] of Object.entries(secrets))
      set(name, option, obscuredOptions.test(option) ? await this.obscured(value) : value);
    if (crypt) {
      set('FUKUGENCRYPT', 'type', 'crypt');
      set('FUKUGENCRYPT', 'remote', this.base());
      set('FUKUGENCRYPT', 'password', await this.obscured(crypt.password));
      if (crypt.salt !== undefined) set('FUKUGENCRYPT', 'password2', await this.obscured(crypt.salt));
    }
    return environment;
  }

  /** From standard input, since arguments are public. Obscured is not encrypted: the result is as secret as the password. */
  private async obscured(secret: string): Promise<string> {
    const result = await execa('rclone', ['obscure', '-'], { input: secret, reject: false });
    if (result.failed) {
      const reason = result.code === 'ENOENT' ? 'the program rclone is not installed' : 'rclone obscure failed';
      throw new FukugenError(result.code === 'ENOENT' ? 'missing' : 'store', reason, { next: 'install rclone' });
    }
    markSecret(result.stdout);
    return result.stdout;
  }
}

/** A line of rclone's log. */
interface LogLine {
  readonly msg: string;
  readonly stats: Stats;
}

interface Stats {
  readonly bytes: number;
  readonly totalBytes: number;
  /** Files that arrived. */
  readonly transfers: number;
}

/** Of one file; at the end of an attempt rclone says the last of them again. */
function isServerFailure(message: string): boolean {
  return serverFailure.test(message) && !message.startsWith('Attempt ');
}

function explain(verb: string, { status, stderr }: ProgramResult): FukugenError {
  const refused =
    refusal(`the server, asked by rclone ${verb},`, stderr) ?? diskFault(`what rclone ${verb} fills`, stderr);
  if (refused) return refused;
  if (/couldn't decrypt|bad password/i.test(stderr)) {
    return new FukugenError('secret', `rclone ${verb} could not decrypt what is there`, {
      next: 'check the secrets that the policy names under crypt',
    });
  }
  const words = stderr
    .split('\n')
    .filter(Boolean)
    .slice(-3)
    .map((line) => jsonLine<LogLine>(line)?.msg?.trim() ?? line)
    .join('\n');
  const [, reason, cause] = serverFailure.exec(words) ?? [];
  if (reason !== undefined) {
    const said = reason.replace(/^.*Failed to \w+: /, '');
    return keptFailing(`the server, asked by rclone ${verb},`, cause === undefined ? said : `${said}: ${cause}`);
  }
  return new FukugenError('store', `rclone ${verb} ended with status ${status}: ${words}`);
}
