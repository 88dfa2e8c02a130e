import type { Command } from 'commander';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { type DrillOptions, drill } from './drill.ts';
import type { ReportOptions, VerifyEvidenceOptions } from './evidence.ts';
import { examples } from './examples.ts';

/** Commands about drills in AWS and the evidence that they leave. */
export function addDrillCommands(
  program: Command,
  finish: (outcome: Outcome, options: GlobalOptions) => void,
  signal: AbortSignal,
): void {
  program
    .command('drill')
    .argument('[database...]', 'only these (default: every database, each from the source whose turn it is)')
    .description('print the command that starts a restore drill in AWS; with --run, start it')
    .option('--cloud', 'the databases of the cloud part')
    .option('--source <source>', 'restore from latest, copy, point-in-time or random')
    .option('--place <place>', 'in the primary or the replica Region', 'primary')
    .option('--keep <duration>', 'leave the scratch database for so long, for a person to look at')
    .option('--account <digits>', 'the AWS account (default: the one in the policy)')
    .option('--run', 'run the command, with the AWS CLI and its credentials')
    .addHelpText(
      'after',
      examples(
        'fukugen drill --cloud',
        'fukugen drill --cloud main --source point-in-time --keep 4h --run',
        'fukugen drill --cloud --place replica --source copy --json',
      ),
    )
    .action(async (databases: string[], _options, command: Command) => {
      const options = command.optsWithGlobals<DrillOptions>();
      finish(await drill(databases, options, signal), options);
    });

  const evidence = program.command('evidence').description('verify and show what restore drills have recorded');
  evidence
    .command('verify')
    .argument('[place...]', 'folders or s3://BUCKET (default: the buckets of the policy)')
    .description('walk the chain of records and say what was changed, taken away or put in')
    .option('--account <digits>', 'the AWS account (default: the one in the policy)')
    .option('--holds <sha256...>', 'records that must still be there, by the SHA-256 that was noted')
    .addHelpText(
      'after',
      examples(
        'fukugen evidence verify s3://shop-evidence-111122223333-ap-northeast-1',
        'fukugen evidence verify ./downloaded --json',
        'fukugen evidence verify --account 111122223333',
      ),
    )
    .action(async (places: string[], _options, command: Command) => {
      const options = command.optsWithGlobals<VerifyEvidenceOptions>();
      const { verifyEvidence } = await evidenceCommands();
      finish(await verifyEvidence(places, options), options);
    });
  evidence
    .command('report')
    .argument('[place...]', 'folders or s3://BUCKET (default: the buckets of the policy)')
    .description('draw one HTML file of the newest drills and their history, for reading offline and for printing')
    .option('--out <file>', 'where to write it', 'drill-report.html')
    .option('--drill <execution>', 'of this drill (default: the newest of every database)')
    .option('--language <language>', 'en or ja (default: the policy’s)')
    .option('--timezone <timezone>', 'such as Asia/Tokyo (default: the policy’s)')
    .option('--account <digits>', 'the AWS account (default: the one in the policy)')
    .addHelpText(
      'after',
      examples(
        'fukugen evidence report s3://shop-evidence-111122223333-ap-northeast-1',
        'fukugen evidence report ./downloaded --language ja --out report.html',
      ),
    )
    .action(async (places: string[], _options, command: Command) => {
      const options = command.optsWithGlobals<ReportOptions>();
      const { reportEvidence } = await evidenceCommands();
      finish(await reportEvidence(places, options), options);
    });
}

/** Only when it is asked for: it brings the drawing of charts and a client of S3, and a backup needs neither. */
function evidenceCommands() {
  return import('./evidence.ts');
}
