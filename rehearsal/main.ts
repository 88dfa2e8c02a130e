import { access, constants, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import process, { stderr, stdout } from 'node:process';
import { parseArgs, styleText } from 'node:util';
import { Size } from '../core/policy/index.ts';
import { rehearse } from './rehearse.ts';
import type { RehearsalReport } from './report.ts';

const help = `npm run rehearse -- [--size 300MB] [--report rehearsal.json]

Loses a database and a folder on this machine, gets both back, and proves that they are the same.
Then runs the monthly drill of the cloud half in a simulated account, with real databases. Starts its own
PostgreSQL and S3 server, needs no account, and leaves nothing behind but the report, and the drill's beside it.

  --size     size of the sample database, 20MB or more (default: 60MB)
  --report   where the report goes (default: rehearsal.json)

Ends with 0 when everything held, with 1 when anything did not.
`;

process.exitCode = await main();

async function main(): Promise<number> {
  let values: { size?: string | undefined; report: string; help?: boolean | undefined };
  try {
    ({ values } = parseArgs({
      options: {
        size: { type: 'string' },
        report: { type: 'string', default: 'rehearsal.json' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    stderr.write(`${(error as Error).message}\n\n${help}`);
    return 2;
  }
  if (values.help) {
    stdout.write(help);
    return 0;
  }
  const size = values.size === undefined ? undefined : Size.parse(values.size);
  if (values.size !== undefined && (size === undefined || size.bytes < 20e6)) {
    stderr.write(`--size: received ${values.size}; write a size of 20MB or more, such as 300MB\n`);
    return 2;
  }
  // Known in a moment, and not after a rehearsal of minutes.
  if (!(await canWriteBeside(values.report))) {
    stderr.write(`--report: ${values.report} cannot be written; name a file in a folder that is there\n`);
    return 2;
  }
  const stop = new AbortController();
  // `on`, not `once`: execa's own handler ends the process when it finds that it is the only one left.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const { drillReport, ...report } = await rehearse(size === undefined ? {} : { bytes: size.bytes }, stop.signal);
  await writeFile(values.report, `${JSON.stringify(report, null, 2)}\n`);
  if (drillReport !== undefined) await writeFile(drillFile(values.report), drillReport);
  stdout.write(`\n${summary(report, values.report)}\n`);
  return report.verdict === 'passed' ? 0 : 1;
}

function canWriteBeside(file: string): Promise<boolean> {
  return access(dirname(file), constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Beside the report. */
function drillFile(report: string): string {
  return `${report.replace(/\.json$/, '')}-drill.html`;
}

function summary(report: RehearsalReport, file: string): string {
  if (report.verdict === 'failed')
    return `${styleText(['red', 'bold'], 'FAILED')}: ${report.reason}\nThe whole story is in ${file}.`;
  const { rpo, rto } = report.measured ?? {};
  return [
    `${styleText(['green', 'bold'], 'PASSED')} in ${report.seconds} s. The database was lost and is back, byte for byte as it was backed up.`,
    `RPO ${rpo?.seconds} s, RTO ${rto?.seconds} s, ${report.negativeControls.length} kinds of damage caught. The whole story is in ${file}; what an`,
    `auditor gets of the drill is in ${drillFile(file)}.`,
  ].join('\n');
}
