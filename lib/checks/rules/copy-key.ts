import type { Rule } from '../finding.ts';
import { planRuleFindings } from '../plan-rules.ts';

export const copyKey: Rule = {
  id: 'copy-key',
  looksAt: 'the key of a vault of the app that copies of a database go to',
  why: 'copies of RDS and Aurora into a vault under aws/backup fail, every one',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html',
  fix: 'give the vault a customer managed key',
  isAcknowledgeable: true,
  find: (app) =>
    planRuleFindings(app, (rule, plan) =>
      rule.copies.flatMap((copy, index) => {
        const vault = app.vaults.get(copy.vaultArn);
        const protects = plan.databases.map((database) => database.name);
        if (vault?.type !== 'AWS::Backup::BackupVault' || protects.length === 0) return [];
        const key = vault.properties.EncryptionKeyArn;
        if (key !== undefined && !String(key).endsWith('alias/aws/backup')) return [];
        return [
          {
            at: `CopyActions/${index}/DestinationBackupVaultArn`,
            sentence: `rule "${rule.name}" copies ${protects.join(', ')} to vault ${vault.properties.BackupVaultName}, which has no customer managed key`,
            fix: 'Give the vault an EncryptionKeyArn, in CDK encryptionKey: new kms.Key(…).',
          },
        ];
      }),
    ),
};
