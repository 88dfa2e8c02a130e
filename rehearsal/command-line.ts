import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { FukugenError } from '../core/errors.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a command said and how it ended. */
interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each command has its own shape, which the rehearsal reads like any script would
  readonly json: any;
}

/** `bin/fukugen` as a user types it, in a process of its own, with the settings of one rehearsal. */
export class CommandLine {
  private readonly policy: string;
  private readonly environment: Readonly<Record<string, string>>;

  private readonly signal: AbortSignal;

  constructor(policy: string, environment: Readonly<Record<string, string>>, signal: AbortSignal) {
    this.policy = policy;
    this.environment = environment;
    this.signal = signal;
  }

  /**
   * @param expected - exit statuses that the story goes on with
   * @throws FukugenError `source` with the command's own words when it ends otherwise
   */
  async run(args: readonly string[], expected: readonly number[] = [0]): Promise<Answer> {
    const result = await execa(`${root}bin/fukugen`, ['--config', this.policy, '--json', ...args], {
      reject: false,
      env: this.environment,
      cancelSignal: this.signal,
      stdin: 'ignore',
    });
    const status = result.exitCode ?? -1;
    if (!expected.includes(status)) {
      throw new FukugenError(
        'source',
        `fukugen ${args.join(' ')} ended with ${status}: ${(result.stderr || result.stdout).slice(0, 2_000)}`,
      );
    }
    return { status, json: JSON.parse(result.stdout) };
  }
}

/** Builds the cloud half's templates, as CI does on every pull request. No account is asked. */
export async function synthesise(
  into: string,
  signal: AbortSignal,
): Promise<{ readonly stacks: readonly string[]; readonly resources: number }> {
  const cdk = `${root}node_modules/.bin/cdk`;
  const result = await execa(cdk, ['synth', '--quiet', '--output', into], {
    cwd: root,
    reject: false,
    stdin: 'ignore',
    cancelSignal: signal,
  });
  if (result.exitCode !== 0)
    throw new FukugenError('policy', `cdk synth ended with ${result.exitCode}: ${result.stderr.slice(-2_000)}`);
  const templates = (await readdir(into)).filter((name) => name.endsWith('.template.json'));
  const contents = await Promise.all(
    templates.map(async (name) => JSON.parse(await readFile(`${into}/${name}`, 'utf8')) as { Resources?: object }),
  );
  return {
    stacks: templates.map((name) => name.replace('.template.json', '')),
    resources: contents.reduce((sum, template) => sum + Object.keys(template.Resources ?? {}).length, 0),
  };
}
