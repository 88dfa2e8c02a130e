import type { Rule } from '../finding.ts';
import { planRuleFindings } from '../plan-rules.ts';
import { accountOf, placeOf } from '../vaults.ts';

export const copyRegion: Rule = {
  id: 'copy-region',
  looksAt: 'the Region that a plan copies to',
  why: 'a copy in the Region and account of its original is lost with it',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html',
  fix: 'copy to a vault in another Region or account',
  isAcknowledgeable: true,
  find: (app) =>
    planRuleFindings(app, (rule, { resource }) =>
      rule.copies.flatMap((copy, index) => {
        const place = placeOf(copy.vaultArn);
        const isHere = place?.region === resource.stack.region && place?.account === accountOf(resource);
        // An air-gapped vault keeps what a stolen administrator would delete, so one in the same Region is no mistake.
        if (!place || !isHere || app.vaults.get(copy.vaultArn)?.type === 'AWS::Backup::LogicallyAirGappedBackupVault')
          return [];
        return [
          {
            at: `CopyActions/${index}/DestinationBackupVaultArn`,
            sentence: `rule "${rule.name}" copies to ${copy.vaultArn}, in the Region and account of the original`,
            fix: 'Copy to a vault in another Region.',
          },
        ];
      }),
    ),
};
