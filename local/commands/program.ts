import { stdout } from 'node:process';
import { Command } from 'commander';
import { FukugenError } from '../../core/errors.ts';
import { policyJsonSchema } from '../../core/policy/index.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { exitMeanings, exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { createProgress } from '../system/progress.ts';
import type { RunContext } from '../system/run-context.ts';
import { usualParts } from '../verification/part.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';
import { type BackupOptions, backup } from './backup.ts';
import { type CompareOptions, compare } from './compare.ts';
import { addDrillCommands } from './drill-commands.ts';
import { examples } from './examples.ts';
import { initialise } from './initialise.ts';
import { type ListOptions, list } from './list.ts';
import { type PlanOptions, plan } from './plan.ts';
import { type PruneOptions, prune } from './prune.ts';
import { type RestoreOptions, restore } from './restore.ts';
import { type UndoOptions, undo } from './undo.ts';
import { type VerifyOptions, verify } from './verify.ts';

const { version } = packageJson;

const atMeaning = 'a generation by its name, latest, or "before 2026-11-20 12:00" in local time';

type Run = (workspace: Workspace, context: RunContext) => Promise<Outcome>;

/** The command line as data; `onDone` receives the exit status. */
export function createProgram(signal: AbortSignal, onDone: (status: number) => void): Command {
  const program = new Command('fukugen')
    .description(
      'Backups that have already been restored: takes generations, and proves them by comparing what a restore gives back.',
    )
    .version(version, '--version', 'print the version')
    .option('--config <file>', 'the policy: backup.config.ts or a YAML file of the same shape')
    .option('--json', 'print one JSON object instead of text')
    .option('--dry-run', 'say what would be done, and touch nothing')
    .option('--verbose', 'say what is done also when no terminal watches')
    // Told like every other error, so that `--json` holds for what was typed wrong too.
    .configureOutput({
      outputError: (text) => {
        throw new FukugenError(
          'usage',
          text
            .replace(/^error: /, '')
            .trim()
            .replaceAll('\n', ' '),
          {
            next: 'fukugen --help, or the command with --help, to see what there is',
          },
        );
      },
    })
    .addHelpText('after', exitHelp());

  const inWorkspace = async (command: Command, run: Run) => {
    const options = command.optsWithGlobals<GlobalOptions>();
    const progress = createProgress(options.verbose ?? false);
    try {
      const outcome = await run(await openWorkspace(process.cwd(), options.config, signal), { progress, signal });
      progress.end();
      print(outcome, options);
      onDone(outcome.status);
    } finally {
      progress.end();
    }
  };

  program
    .command('backup')
    .description('take one generation of every source and bring it to every store')
    .option('--source <name...>', 'only these sources')
    .addHelpText('after', examples('fukugen backup', 'fukugen backup --source app', 'fukugen backup --dry-run'))
    .action((_options, command: Command) =>
      inWorkspace(command, (workspace, context) =>
        backup(workspace, command.optsWithGlobals<BackupOptions>(), context),
      ),
    );

  program
    .command('list')
    .description('show the generations there are, and in which stores')
    .option('--store <name>', 'only this store')
    .addHelpText('after', examples('fukugen list', 'fukugen list --store r2 --json'))
    .action((_options, command: Command) =>
      inWorkspace(command, (workspace) => list(workspace, command.optsWithGlobals<ListOptions>())),
    );

  program
    .command('verify')
    .description('prove what is stored, up to a level, and show what each level last covered')
    .option(
      '--level <level>',
      'bytes: every file against its SHA-256; readable: archives, dumps and databases read to the end; restorable: a sample of the files, and every database, restored into a throwaway place; identical: all of it restored and compared with what was recorded',
      'bytes',
    )
    .option('--source <name>', 'only this source')
    .option('--store <name>', 'only this store')
    .option('--at <generation>', 'a generation by its name, or latest', 'latest')
    .option(
      '--parts <number>',
      'in how many runs a restic repository is read whole, a part in each',
      String(usualParts),
    )
    .option('--restart', 'begin anew instead of going on where a run was ended')
    .option('--summary', 'verify nothing; show when each level last covered what')
    .addHelpText(
      'after',
      examples(
        'fukugen verify',
        'fukugen verify --level identical --store r2',
        'fukugen verify --level restorable --source app --at 2026-11-21T03-00-00-123Z',
        'fukugen verify --summary',
      ),
    )
    .action((_options, command: Command) =>
      inWorkspace(command, (workspace, context) =>
        verify(workspace, command.optsWithGlobals<VerifyOptions>(), context),
      ),
    );

  program
    .command('compare')
    .argument('<source>', 'the source to compare')
    .description('say what has changed in a source since a generation was taken; reads only')
    .option('--store <name>', 'compare with this store (default: the first in the policy)')
    .option('--at <generation>', atMeaning, 'latest')
    .addHelpText('after', examples('fukugen compare app', 'fukugen compare notes --at 2026-11-21T03-00-00-123Z'))
    .action((source: string, _options, command: Command) =>
      inWorkspace(command, (workspace, context) =>
        compare(workspace, source, command.optsWithGlobals<CompareOptions>(), context),
      ),
    );

  program
    .command('restore')
    .argument('[source]', 'the source to restore (default: ask)')
    .description('restore to a new place beside the original and compare with what was recorded; in place when told so')
    .option('--store <name>', 'restore from this store (default: the first in the policy)')
    .option('--at <generation>', atMeaning, 'latest')
    .option('--table <schema.name...>', 'only these tables of a PostgreSQL database')
    .option('--schema <name...>', 'only these schemas of a PostgreSQL database')
    .option(
      '--path <pattern...>',
      'only these files and folders of a directory, as in a .gitignore file, or of single files',
    )
    .option('--in-place', 'take a safety generation, restore, compare, ask, swap names and keep the old one')
    .option('--no-safety', 'with --in-place: take no safety generation')
    .option('--yes', 'with --in-place: do not ask')
    .addHelpText(
      'after',
      examples(
        'fukugen restore',
        'fukugen restore app',
        'fukugen restore app --store r2 --at "before 2026-11-20 12:00"',
        'fukugen restore app --table public.orders --table public.customers',
        "fukugen restore notes --path 'plans/*.md'",
        'fukugen restore app --in-place',
        'fukugen restore notes --in-place --yes',
      ),
    )
    .action((source: string | undefined, _options, command: Command) =>
      inWorkspace(command, (workspace, context) =>
        restore(workspace, source, command.optsWithGlobals<RestoreOptions>(), context),
      ),
    );

  program
    .command('undo')
    .argument('[source]', 'the source to go back with (default: the one that was last restored in place)')
    .description('go back from the last restore in place: what was there before gets its name again')
    .option('--list', 'show what restores have left: kept old ones, restored ones, half-done ones')
    .option('--clean', 'remove those that nothing depends on')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples('fukugen undo', 'fukugen undo app --dry-run', 'fukugen undo --list', 'fukugen undo --clean'),
    )
    .action((source: string | undefined, _options, command: Command) =>
      inWorkspace(command, (workspace, context) =>
        undo(workspace, source, command.optsWithGlobals<UndoOptions>(), context),
      ),
    );

  program
    .command('prune')
    .description('remove the generations that the policy no longer keeps; a whole backup does it by itself')
    .option('--store <name>', 'only this store')
    .addHelpText('after', examples('fukugen prune --dry-run', 'fukugen prune --store disk'))
    .action((_options, command: Command) =>
      inWorkspace(command, (workspace, context) => prune(workspace, command.optsWithGlobals<PruneOptions>(), context)),
    );

  program
    .command('init')
    .argument('[store]', 'only this store')
    .description(
      'make the restic repositories that the policy names, and begin other stores anew that are gone for good',
    )
    .addHelpText('after', examples('fukugen init', 'fukugen init r2'))
    .action((store: string | undefined, _options, command: Command) =>
      inWorkspace(command, (workspace) => initialise(workspace, store, command.optsWithGlobals<GlobalOptions>())),
    );

  program
    .command('plan')
    .description('prove the policy before anything runs: copies, worst-case RPO at each place, points kept, cost')
    .option('--markdown', 'print Markdown, for a pull request or a page of the team')
    .addHelpText('after', examples('fukugen plan', 'fukugen plan --markdown', 'fukugen plan --json'))
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<PlanOptions>();
      const outcome = await plan(process.cwd(), options);
      print(outcome, options);
      onDone(outcome.status);
    });

  const finish = (outcome: Outcome, options: GlobalOptions) => {
    print(outcome, options);
    onDone(outcome.status);
  };
  addDrillCommands(program, finish, signal);

  program
    .command('schema')
    .description('print the JSON Schema of the policy, for editors')
    .addHelpText('after', examples('fukugen schema > backup.schema.json'))
    .action(() => {
      stdout.write(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
      onDone(exitStatus.success);
    });

  return program;
}

function print(outcome: Outcome, options: GlobalOptions): void {
  const isWorthSaying = outcome.isAnswer || outcome.status !== exitStatus.success || stdout.isTTY || options.verbose;
  if (options.json) stdout.write(`${JSON.stringify(outcome.json, null, 2)}\n`);
  else if (isWorthSaying) stdout.write(`${outcome.text}\n`);
}

function exitHelp(): string {
  return `\nExit statuses:\n${exitMeanings.map(([status, meaning]) => `  ${String(status).padStart(3)}  ${meaning}`).join('\n')}`;
}
