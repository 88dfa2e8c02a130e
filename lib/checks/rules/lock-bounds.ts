import type { SynthesisedApp } from '../app.ts';
import type { Rule } from '../finding.ts';
import { planRuleFindings } from '../plan-rules.ts';
import { mapOf, numberOf } from '../resource.ts';
import { vaultNamed } from '../vaults.ts';

export const lockBounds: Rule = {
  id: 'lock-bounds',
  looksAt: 'how long rules and copies keep, against the lock of the vault they go to',
  why: 'every job outside the bounds of the lock fails',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html',
  fix: 'keep within the bounds of the lock, or change them',
  isAcknowledgeable: false,
  find: (app) =>
    planRuleFindings(app, (rule, plan) => {
      const own = vaultNamed(app, plan.resource, rule.properties.TargetBackupVault);
      return [
        { what: `rule "${rule.name}"`, at: 'Lifecycle', keep: rule.keep, vault: own },
        ...rule.copies.map((copy, index) => ({
          what: `a copy of rule "${rule.name}"`,
          at: `CopyActions/${index}/Lifecycle`,
          keep: copy.keep,
          vault: app.vaults.get(copy.vaultArn),
        })),
      ].flatMap(({ what, at, keep, vault }) => {
        const wrong = keep !== undefined && vault && outside(keep, vault);
        if (!wrong) return [];
        return [
          {
            at,
            sentence: `${what} keeps ${keep} days, and the lock of vault ${vault.properties.BackupVaultName} takes ${wrong}`,
            fix: 'Keep within the bounds of the lock, or change its MinRetentionDays and MaxRetentionDays.',
          },
        ];
      });
    }),
};

function outside(keep: number, vault: NonNullable<ReturnType<SynthesisedApp['vaults']['get']>>): string | undefined {
  const lock = mapOf(vault.properties.LockConfiguration);
  // An air-gapped vault has its bounds on itself.
  const min = numberOf(lock.MinRetentionDays ?? vault.properties.MinRetentionDays);
  const max = numberOf(lock.MaxRetentionDays ?? vault.properties.MaxRetentionDays);
  if (min !== undefined && keep < min) return `${min} at least`;
  return max !== undefined && keep > max ? `${max} at most` : undefined;
}
