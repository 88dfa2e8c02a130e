import { type CronReading, readCron } from './cron.ts';
import type { Database } from './database.ts';
import { isKnown, listOf, mapOf, numberOf, type Resource, textOf, type Value } from './resource.ts';
import { type Selection, selectionsOf } from './selection.ts';

/** A backup plan with what it selects. */
export interface Plan {
  readonly resource: Resource;
  readonly rules: readonly PlanRule[];
  readonly selections: readonly Selection[];
  /** Of the app, those that it certainly selects. */
  readonly databases: readonly Database[];
}

export interface PlanRule {
  readonly plan: Resource;
  readonly name: string;
  /** In the template, such as `Properties/BackupPlan/BackupPlanRule/0`. */
  readonly location: string;
  readonly properties: { readonly [key: string]: Value };
  /** As written; undefined when it cannot be known. */
  readonly expression: string | undefined;
  /** @default - it cannot be known, or is not read here */
  readonly cron: CronReading | undefined;
  /** In minutes, the 8 hours of AWS where it is left out; undefined when it cannot be known. */
  readonly startWindow: number | undefined;
  /** In days. */
  readonly keep: number | undefined;
  readonly isContinuous: boolean;
  readonly copies: readonly PlanCopy[];
}

export interface PlanCopy {
  readonly location: string;
  readonly properties: { readonly [key: string]: Value };
  readonly vaultArn: string;
  readonly keep: number | undefined;
}

/** 8 hours (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html). */
const defaultStartWindow = 480;

/** What of an app its plans are read from. */
interface Declared {
  readonly now: Date;
  readonly databases: readonly Database[];
  ofType(type: string): Resource[];
}

export function plansOf(app: Declared): Plan[] {
  const selections = app.ofType('AWS::Backup::BackupSelection');
  return app.ofType('AWS::Backup::BackupPlan').map((resource) => {
    const own = selectionsOf(resource, selections);
    return {
      resource,
      rules: listOf(mapOf(resource.properties.BackupPlan).BackupPlanRule).map((rule, index) =>
        planRule(resource, mapOf(rule), index, app.now),
      ),
      selections: own,
      databases: app.databases.filter((database) => own.some((selection) => selection.selects(database) === true)),
    };
  });
}

function planRule(plan: Resource, properties: { readonly [key: string]: Value }, index: number, now: Date): PlanRule {
  const { RuleName, ScheduleExpression, ScheduleExpressionTimezone, StartWindowMinutes } = properties;
  const location = `Properties/BackupPlan/BackupPlanRule/${index}`;
  const expression = textOf(ScheduleExpression);
  const timezone = textOf(ScheduleExpressionTimezone ?? 'UTC');
  return {
    plan,
    name: textOf(RuleName) ?? `${index}`,
    location,
    properties,
    expression,
    cron: expression !== undefined && timezone !== undefined ? readCron(expression, timezone, now) : undefined,
    startWindow: StartWindowMinutes === undefined ? defaultStartWindow : numberOf(StartWindowMinutes),
    keep: numberOf(mapOf(properties.Lifecycle).DeleteAfterDays),
    isContinuous: properties.EnableContinuousBackup === true || properties.EnableContinuousBackup === 'true',
    copies: listOf(properties.CopyActions).map((copy, place) => ({
      location: `${location}/CopyActions/${place}`,
      properties: mapOf(copy),
      vaultArn: String(mapOf(copy).DestinationBackupVaultArn),
      keep: numberOf(mapOf(mapOf(copy).Lifecycle).DeleteAfterDays),
    })),
  };
}

/** True where a lifecycle certainly says nothing about the end. */
export function hasNoEnd({ Lifecycle }: { readonly [key: string]: Value }): boolean {
  if (Lifecycle !== undefined && typeof Lifecycle !== 'object') return false;
  return isKnown(Lifecycle) && mapOf(Lifecycle).DeleteAfterDays === undefined;
}
