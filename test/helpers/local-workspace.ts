import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { removeTree } from '../../local/system/folders.ts';

const root = resolve(import.meta.dirname, '..', '..');
const program = join(root, 'bin', 'fukugen');

type Settings = Readonly<Record<string, unknown>>;

interface LocalPolicy {
  readonly sources: Readonly<Record<string, Settings>>;
  readonly stores: Readonly<Record<string, Settings>>;
  readonly retention?: unknown;
}

/** What a command said and how it ended. */
export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as they came. */
  readonly all: string;
  // biome-ignore lint/suspicious/noExplicitAny: each command has its own shape, which a test reads like any script would
  readonly json: any;
}

/** A command under way. */
interface Running {
  /** Of the process, and of the group that it leads. */
  readonly id: number;
  readonly ended: Promise<Answer>;
}

interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** What runs fukugen, such as `setpriv` to be somebody else; the command line is appended. */
  readonly through?: readonly string[];
}

/** A home of its own for one user of the command line: a policy, an environment, and everything that a run leaves behind. */
export class LocalWorkspace implements AsyncDisposable {
  /** Holds all of it; its path is in the PATH of every process that a run starts, also of a scratch server. */
  readonly home: string;
  readonly environment: Record<string, string>;

  private constructor(home: string) {
    this.home = home;
    this.environment = {
      PATH: `${join(home, 'bin')}:${process.env.PATH ?? ''}`,
      HOME: home,
      LANG: 'C.UTF-8',
      TMPDIR: join(home, 'tmp'),
      XDG_STATE_HOME: join(home, 'state'),
      RESTIC_CACHE_DIR: join(home, 'restic-cache'),
      // Hundreds of short processes: compiling what they share is nearly half of their time.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
    };
  }

  /** @param environment - on top of the workspace's own */
  static async open(policy: LocalPolicy, environment: Readonly<Record<string, string>> = {}): Promise<LocalWorkspace> {
    const workspace = new LocalWorkspace(await mkdtemp(join(tmpdir(), 'fukugen-test-')));
    Object.assign(workspace.environment, environment);
    await mkdir(workspace.path('tmp'));
    await mkdir(workspace.path('bin'));
    await workspace.write(policy);
    return workspace;
  }

  path(...parts: string[]): string {
    return join(this.home, ...parts);
  }

  /** Puts another policy in place; relative paths in it are beside it, in the home. */
  async write(local: LocalPolicy): Promise<void> {
    await writeFile(this.path('backup.config.yaml'), JSON.stringify({ name: 'tested', local }));
  }

  /** Types a command and waits for its end; never fails by itself. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Answer> {
    return this.start(args, options).ended;
  }

  /** As `run`, for a test that does something meanwhile; a group of its own, so that the whole of it can be ended. */
  start(args: readonly string[], { environment, through = [] }: RunOptions = {}): Running {
    const [first, ...others] = [...through, program, ...args] as [string, ...string[]];
    const child = spawn(first, others, {
      cwd: this.home,
      env: { ...this.environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const ended = Promise.all([text(child.stdout), text(child.stderr), closed(child)]).then(
      ([stdout, stderr, status]) => ({
        status,
        stdout,
        stderr,
        all: `${stdout}\n${stderr}`,
        get json() {
          return JSON.parse(stdout);
        },
      }),
    );
    return { id: child.pid as number, ended };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.home);
  }
}

async function text(output: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of output) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The exit status, or -1 after a signal. */
async function closed(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? -1));
  });
}
