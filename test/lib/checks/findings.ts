import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { BackupChecks } from '../../../lib/checks/backup-checks.ts';

export interface ReportedFinding {
  readonly id: string;
  readonly sentence: string;
  readonly fix: string;
  readonly where: string;
}

const now = new Date('2026-11-21T20:00:00Z');

/** What the checks report of an app, in a real synth: it fails exactly when they find something. */
export function findingsOf(app: App): ReportedFinding[] {
  Validations.of(app).addPlugins(new BackupChecks({ now }));
  try {
    app.synth();
  } catch (error) {
    if (!String(error).includes('validation-report.json')) throw error;
    const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
    // biome-ignore lint/suspicious/noExplicitAny: the report of CDK has no type
    const report = pluginReports.find((one: any) => one.pluginName === 'fukugen') ?? { violations: [] };
    // biome-ignore lint/suspicious/noExplicitAny: as above
    return report.violations.map((violation: any) => ({
      id: violation.ruleName,
      sentence: violation.description,
      fix: violation.fix ?? violation.suggestedFix,
      where: violation.violatingConstructs[0].constructPath,
    }));
  }
  return [];
}
