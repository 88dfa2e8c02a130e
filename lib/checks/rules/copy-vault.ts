import type { Rule } from '../finding.ts';
import { planRuleFindings } from '../plan-rules.ts';
import { isKnown, splitKnown } from '../resource.ts';
import { accountOf, placeOf } from '../vaults.ts';

export const copyVault: Rule = {
  id: 'copy-vault',
  looksAt: 'whether the vault that a plan copies to, in an account of the app, is in the app',
  why: 'CloudFormation takes any ARN, and each copy job fails',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html',
  fix: 'declare the vault in a stack of the app, or acknowledge where it is',
  isAcknowledgeable: true,
  find: (app) =>
    planRuleFindings(app, (rule, { resource }) =>
      rule.copies.flatMap((copy, index) => {
        const place = placeOf(copy.vaultArn);
        // Of an account without any stack of the app, nothing can be said.
        const isOurs =
          place?.account === accountOf(resource) || app.resources.some((one) => accountOf(one) === place?.account);
        if (!app.isWhole || !place || app.vaults.has(copy.vaultArn) || !isOurs) return [];
        const name = splitKnown(copy.vaultArn, ':')[6];
        if (!isKnown(name)) return [];
        return [
          {
            at: `CopyActions/${index}/DestinationBackupVaultArn`,
            sentence: `rule "${rule.name}" copies to vault ${name} in ${place.region}, which no stack of the app declares`,
            fix: 'Declare the vault in a stack of that Region, or correct the ARN.',
          },
        ];
      }),
    ),
};
