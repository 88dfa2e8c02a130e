import { FukugenError } from '../../core/errors.ts';
import type { DrillSource } from '../../core/evidence/record.ts';
import { longestKeepHours } from '../../core/policy/drills.ts';
import {
  accountOf,
  type CloudPolicy,
  Duration,
  drillMachine,
  isReplicated,
  loadPolicy,
} from '../../core/policy/index.ts';
import { type DrillPlace, sourcesAt } from '../../core/policy/rotation.ts';
import { exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { runProgram } from '../system/run-program.ts';

export interface DrillOptions extends GlobalOptions {
  readonly cloud?: boolean;
  readonly source?: string;
  /** How long the scratch stays after the verdict, such as `4h`. */
  readonly keep?: string;
  readonly place: string;
  /** Twelve digits. @default - the policy's */
  readonly account?: string;
  readonly run?: boolean;
}

/** Prints the command that starts a drill in AWS, and runs it when asked to. */
export async function drill(names: readonly string[], options: DrillOptions, signal: AbortSignal): Promise<Outcome> {
  if (!options.cloud) {
    throw new FukugenError('usage', 'drills of the policy’s databases run in AWS', {
      next: 'fukugen drill --cloud; for the laptop: fukugen verify --level identical',
    });
  }
  const { policy, file } = await loadPolicy(process.cwd(), options.config);
  const { cloud, name } = policy;
  if (!cloud?.drills) throw new FukugenError('usage', `${file} declares no drills`, { next: 'add cloud.drills to it' });
  const place = placeOf(options.place);
  const account = options.account ?? accountOf(cloud, place);
  if (account === undefined || !/^\d{12}$/.test(account)) {
    throw new FukugenError(
      'usage',
      account === undefined ? `${file} names no account` : `--account ${account}: write its twelve digits`,
      { next: 'add --account 111122223333' },
    );
  }
  const { region } = cloud[place];
  const input = { databases: databasesOf(names, cloud, place, options.source), ...keepOf(options.keep) };
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const machine = `arn:${partition}:states:${region}:${account}:stateMachine:${drillMachine(name)}`;
  const args = [
    ...['stepfunctions', 'start-execution', '--region', region],
    ...['--state-machine-arn', machine, '--input', JSON.stringify(input)],
  ];
  const command = ['aws', ...args].map(quoted).join(' ');
  const known = { command, machine, input };
  if (!options.run || options.dryRun) {
    return { status: exitStatus.success, json: { started: false, ...known }, text: command, isAnswer: true };
  }
  const { stdout } = await runProgram('aws', [...args, '--output', 'json'], {
    environment: awsEnvironment(),
    code: 'store',
    signal,
  });
  const { executionArn } = JSON.parse(stdout) as { executionArn: string };
  return {
    status: exitStatus.success,
    json: { started: true, ...known, execution: executionArn },
    text: `started ${executionArn}`,
    isAnswer: true,
  };
}

function placeOf(text: string): DrillPlace {
  if (text === 'primary' || text === 'replica') return text;
  throw new FukugenError('usage', `--place ${text}: write primary or replica`);
}

/** `undefined`, which JSON leaves out, for all of them, each with the source whose turn it is. */
function databasesOf(names: readonly string[], { databases }: CloudPolicy, place: DrillPlace, source?: string) {
  if (names.length === 0 && source === undefined) return undefined;
  const all = Object.keys(databases);
  const mistakes: string[] = [];
  const chosen = [...new Set(names.length > 0 ? names : all)].map((name) => {
    const database = databases[name];
    if (!database) {
      mistakes.push(`there is no database ${name}; write ${all.join(' or ')}`);
      return { name };
    }
    if (source === undefined) return { name };
    const sourcesIn = (where: DrillPlace): readonly string[] =>
      sourcesAt(where, { name, hasAutomatedBackups: where === 'primary' || isReplicated(database) });
    if (!sourcesIn(place).includes(source)) {
      const other = place === 'primary' ? 'replica' : 'primary';
      const hint = sourcesIn(other).includes(source) ? `; add --place ${other}` : '';
      mistakes.push(
        `--source ${source}: in the ${place} Region ${name} is restored from ${sourcesIn(place).join(', ')}${hint}`,
      );
    }
    return { name, source: source as DrillSource };
  });
  if (mistakes.length > 0) throw new FukugenError('usage', mistakes.join('\n'));
  return chosen;
}

function keepOf(text: string | undefined): { readonly keepHours?: number } {
  if (text === undefined) return {};
  const hours = Duration.parse(text)?.hours ?? 0;
  if (hours > 0 && hours <= longestKeepHours) return { keepHours: hours };
  throw new FukugenError('usage', `--keep ${text}: write a length of time up to ${longestKeepHours}h, such as 4h`);
}

/** For a POSIX shell: what it might read otherwise goes between single quotes. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Programs inherit no secrets from here, and this one is of no use without them. */
function awsEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => name.startsWith('AWS_'));
  return Object.fromEntries(own.map(([name, value]) => [name, value ?? '']));
}
