import type { Database } from './database.ts';
import { isKnown, listOf, mapOf, marker, type Resource, splitKnown, textOf, type Value } from './resource.ts';

/** A resource selection of a plan. */
export interface Selection {
  readonly resource: Resource;
  readonly arns: readonly Value[];
  readonly excluded: readonly Value[];
  /** Key and value: one of them suffices. */
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** Operators with their conditions: all must hold. */
  readonly conditions: { readonly [operator: string]: Value };
  /** `undefined` when the templates do not tell. */
  selects(database: Database): boolean | undefined;
}

export function selectionsOf(plan: Resource, selections: readonly Resource[]): Selection[] {
  const ids = [plan.logicalId, `${plan.logicalId}.BackupPlanId`].map((id) => marker(`${plan.stack.path}/${id}`));
  return selections
    .filter((one) => ids.includes(String(one.properties.BackupPlanId)))
    .map((resource) => {
      const properties = mapOf(resource.properties.BackupSelection);
      const parts = {
        resource,
        arns: listOf(properties.Resources),
        excluded: listOf(properties.NotResources),
        tags: listOf(properties.ListOfTags).map((tag): [string, string] => [
          String(mapOf(tag).ConditionKey),
          String(mapOf(tag).ConditionValue),
        ]),
        conditions: mapOf(properties.Conditions),
      };
      return { ...parts, selects: (database) => selects(parts, database) };
    });
}

/** Conditions restrict what resources name; tags add to it. */
function selects(selection: Omit<Selection, 'selects'>, database: Database): boolean | undefined {
  const { arns, excluded, tags, conditions } = selection;
  const isExcluded = anyOf(excluded.map((one) => names(one, database.arn)));
  if (isExcluded !== false) return isExcluded === true ? false : undefined;
  const own = new Map(
    listOf(database.resource.properties.Tags).map((tag) => [String(mapOf(tag).Key), String(mapOf(tag).Value)]),
  );
  const isTagged = tags.some(([key, value]) => own.get(key) === value);
  if (isTagged) return true;
  const hasConditions = Object.keys(conditions).length > 0;
  const isNamed = arns.length === 0 && hasConditions ? undefined : anyOf(arns.map((one) => names(one, database.arn)));
  if (isNamed === false) return false;
  return hasConditions ? undefined : isNamed;
}

/** Whether an ARN or a pattern of a selection names this ARN. */
function names(pattern: Value, arn: string): boolean | undefined {
  if (typeof pattern !== 'string') return undefined;
  if (pattern === arn) return true;
  if (glob(pattern).test(arn)) return true;
  const [ours, theirs] = [splitKnown(arn, ':'), splitKnown(pattern, ':')];
  const differs = theirs.some((part, index) => {
    const mine = ours[index];
    return mine !== undefined && isKnown(part) && isKnown(mine) && !glob(part).test(mine);
  });
  // Two different unknowns may still be the same value.
  return differs || (isKnown(pattern) && isKnown(arn)) ? false : undefined;
}

/** Whether it can match more than one database of RDS. */
export function isPattern(arn: Value): boolean {
  const text = textOf(arn) ?? '';
  const service = splitKnown(text, ':')[2];
  return /[*?]/.test(text) && (service === undefined || glob(service).test('rds'));
}

function glob(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}

function anyOf(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}
