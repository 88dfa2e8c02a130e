import type { Rule } from '../finding.ts';
import { alarmAction } from './alarm-action.ts';
import { alarmDescription } from './alarm-description.ts';
import { alarmRunbook } from './alarm-runbook.ts';
import { auroraRetention } from './aurora-retention.ts';
import { automatedBackups } from './automated-backups.ts';
import { backupWindow } from './backup-window.ts';
import { continuousRetention } from './continuous-retention.ts';
import { copyAccess } from './copy-access.ts';
import { copyKey } from './copy-key.ts';
import { copyLifecycle } from './copy-lifecycle.ts';
import { copyRegion } from './copy-region.ts';
import { copySourceKey } from './copy-source-key.ts';
import { copyVault } from './copy-vault.ts';
import { deletionProtection } from './deletion-protection.ts';
import { encryption } from './encryption.ts';
import { lifecycle } from './lifecycle.ts';
import { lockBounds } from './lock-bounds.ts';
import { maintenanceWindow } from './maintenance-window.ts';
import { schedule } from './schedule.ts';
import { scheduleOddity } from './schedule-oddity.ts';
import { selection } from './selection.ts';
import { startWindow } from './start-window.ts';
import { startWindowMinimum } from './start-window-minimum.ts';
import { suppressedRun } from './suppressed-run.ts';
import { unprotectedDatabase } from './unprotected-database.ts';
import { vaultEvents } from './vault-events.ts';

/** In the order in which they are reported and documented (docs/checks.md). */
export const rules: readonly Rule[] = [
  unprotectedDatabase,
  automatedBackups,
  deletionProtection,
  encryption,
  auroraRetention,
  backupWindow,
  maintenanceWindow,
  selection,
  schedule,
  scheduleOddity,
  startWindow,
  startWindowMinimum,
  suppressedRun,
  lifecycle,
  copyLifecycle,
  lockBounds,
  copyVault,
  copyRegion,
  copyAccess,
  copyKey,
  copySourceKey,
  continuousRetention,
  vaultEvents,
  alarmAction,
  alarmDescription,
  alarmRunbook,
];
