import process, { stderr, stdout } from 'node:process';
import { type Command, CommanderError } from 'commander';
import { FukugenError } from '../core/errors.ts';
import { createProgram } from './commands/program.ts';
import { exitStatus, statusOf } from './console/exit-status.ts';
import { errorJson } from './console/told-error.ts';
import { redact } from './system/secrets.ts';

/** The one place that turns errors into words and exit statuses. */

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // `on`, not `once`: execa's own handler ends the process when it finds that it is the only one left.
  process.on(signal, () =>
    stop.abort(new FukugenError('cancelled', `stopped by ${signal}; nothing half done was kept`)),
  );
}

const program = createProgram(stop.signal, (status) => {
  process.exitCode = status;
});
throwInsteadOfExiting(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}

function throwInsteadOfExiting(command: Command): void {
  command.exitOverride();
  for (const below of command.commands) throwInsteadOfExiting(below);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.success : exitStatus.usage;
  const isKnown = error instanceof FukugenError;
  const asJson = process.argv.includes('--json');
  if (isKnown && asJson)
    stdout.write(`${JSON.stringify({ error: { ...errorJson(error), message: redact(error.message) } }, null, 2)}\n`);
  else if (isKnown) stderr.write(`fukugen: ${redact(error.message)}\n${error.next ? `  next: ${error.next}\n` : ''}`);
  else
    stderr.write(
      `fukugen: this is a defect; please report it with the trace below\n${redact(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
    );
  return isKnown ? statusOf(error.code) : exitStatus.defect;
}
