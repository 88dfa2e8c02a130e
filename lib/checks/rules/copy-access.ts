import type { Rule } from '../finding.ts';
import { planRuleFindings } from '../plan-rules.ts';
import { isKnown, listOf, mapOf, type Value } from '../resource.ts';
import { accountOf, placeOf } from '../vaults.ts';

export const copyAccess: Rule = {
  id: 'copy-access',
  looksAt: 'whether a vault of the app in another account lets the account of the plan copy into it',
  why: 'a vault takes copies of another account only when its access policy says so, and each copy job fails',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html',
  fix: 'allow backup:CopyIntoBackupVault in the AccessPolicy of the vault',
  isAcknowledgeable: true,
  find: (app) =>
    planRuleFindings(app, (rule, { resource }) =>
      rule.copies.flatMap((copy, index) => {
        const vault = app.vaults.get(copy.vaultArn);
        const own = accountOf(resource);
        if (vault?.type !== 'AWS::Backup::BackupVault' || placeOf(copy.vaultArn)?.account === own) return [];
        const policy = vault.properties.AccessPolicy;
        if (!isKnown(own) || (policy !== undefined && typeof policy !== 'object')) return [];
        if (listOf(mapOf(policy).Statement).some((statement) => letsCopy(mapOf(statement), own))) return [];
        return [
          {
            at: `CopyActions/${index}/DestinationBackupVaultArn`,
            sentence: `rule "${rule.name}" copies to vault ${vault.properties.BackupVaultName} of account ${vault.stack.account}, whose access policy does not let account ${own} in`,
            fix: `Allow backup:CopyIntoBackupVault to arn:aws:iam::${own}:root in the AccessPolicy of the vault.`,
          },
        ];
      }),
    ),
};

/** What a principal or a condition names may be known at deployment only; then it is believed. */
function letsCopy({ Effect, Action, Principal }: { readonly [key: string]: Value }, account: string): boolean {
  if (Effect !== 'Allow' || !listOf(Action).includes('backup:CopyIntoBackupVault')) return false;
  const named = JSON.stringify(Principal ?? '');
  return named.includes('"*"') || named.includes(account) || !isKnown(Principal);
}
