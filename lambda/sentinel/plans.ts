import {
  type BackupClient,
  GetBackupPlanCommand,
  GetBackupSelectionCommand,
  paginateListBackupPlans,
  paginateListBackupSelections,
} from '@aws-sdk/client-backup';
import type { PlanRule, Selected } from './host.ts';
import { known } from './known.ts';

export async function readSelections(backup: BackupClient, names: readonly string[]): Promise<Map<string, Selected>> {
  const selected = new Map<string, Selected>();
  for await (const { id: BackupPlanId, name: plan } of plansOf(backup, names)) {
    const pages = paginateListBackupSelections({ client: backup }, { BackupPlanId });
    for await (const { BackupSelectionsList = [] } of pages) {
      for (const { SelectionId, CreationDate } of BackupSelectionsList) {
        const answer = await backup.send(new GetBackupSelectionCommand({ BackupPlanId, SelectionId }));
        const since = known(CreationDate);
        for (const arn of answer.BackupSelection?.Resources ?? []) selected.set(arn, { plan, since });
      }
    }
  }
  return selected;
}

export async function readRules(backup: BackupClient, names: readonly string[]): Promise<Map<string, PlanRule[]>> {
  const rules = new Map<string, PlanRule[]>();
  for await (const { id: BackupPlanId, name } of plansOf(backup, names)) {
    const { BackupPlan } = await backup.send(new GetBackupPlanCommand({ BackupPlanId }));
    rules.set(
      name,
      (BackupPlan?.Rules ?? []).map((rule) => ({
        name: rule.RuleName ?? '',
        vault: rule.TargetBackupVaultName ?? '',
        schedule: rule.ScheduleExpression ?? '',
        timezone: rule.ScheduleExpressionTimezone ?? '',
        startWindow: rule.StartWindowMinutes,
        completionWindow: rule.CompletionWindowMinutes,
        keep: rule.Lifecycle?.DeleteAfterDays,
        isContinuous: rule.EnableContinuousBackup ?? false,
        copies: (rule.CopyActions ?? []).map((copy) => ({
          to: copy.DestinationBackupVaultArn ?? '',
          keep: copy.Lifecycle?.DeleteAfterDays,
        })),
      })),
    );
  }
  return rules;
}

async function* plansOf(backup: BackupClient, names: readonly string[]) {
  for await (const { BackupPlansList = [] } of paginateListBackupPlans({ client: backup }, {})) {
    for (const { BackupPlanName: name = '', BackupPlanId: id } of BackupPlansList) {
      if (names.includes(name)) yield { id, name };
    }
  }
}
