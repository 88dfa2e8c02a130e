import type { Database } from '../database.ts';
import type { Rule } from '../finding.ts';
import { planRuleFindings } from '../plan-rules.ts';
import { accountOf, placeOf } from '../vaults.ts';

export const copySourceKey: Rule = {
  id: 'copy-source-key',
  looksAt: 'the key of a database that a plan copies to another account',
  why: 'a copy is read with the key of the database, and no other account can be let use aws/rds: each copy job fails',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html',
  fix: 'encrypt the database with a customer managed key that the other account may use',
  isAcknowledgeable: false,
  find: (app) =>
    planRuleFindings(app, (rule, plan) =>
      rule.copies.flatMap((copy, index) => {
        const place = placeOf(copy.vaultArn);
        if (!place || place.account === accountOf(plan.resource)) return [];
        const locked = plan.databases.filter(hasKeyOfAws).map(({ name }) => name);
        if (locked.length === 0) return [];
        return [
          {
            at: `CopyActions/${index}/DestinationBackupVaultArn`,
            sentence: `rule "${rule.name}" copies ${locked.join(', ')} to account ${place.account}, under AWS's own key aws/rds`,
            fix: 'Encrypt with a customer managed key, named in KmsKeyId, whose policy lets the other account use it.',
          },
        ];
      }),
    ),
};

/** Certainly: which key an adopted database has only the deployment sees, and what is made from a snapshot or another database keeps the key of that. */
function hasKeyOfAws({ resource: { properties }, isAdopted }: Database): boolean {
  if (isAdopted) return false;
  const key = properties.KmsKeyId;
  if (key !== undefined) return /(^|\/)aws\/rds$/.test(String(key));
  const isNew = Object.keys(properties).every(
    (name) => !/Snapshot\w*Identifier$|^Source|^ReplicationSource/.test(name),
  );
  return isNew && (properties.StorageEncrypted === true || properties.StorageEncrypted === 'true');
}
