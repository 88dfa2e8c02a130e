import type { EventPattern } from 'aws-cdk-lib/aws-events';

/**
 * Whether EventBridge would let an event through, for the operators that our patterns use: equality, `exists` and `$or`
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html). Any other operator is refused:
 * a pattern that is not understood here must not pass for tested.
 */
export function matchesPattern(pattern: EventPattern, event: object): boolean {
  const { detailType, ...rest } = pattern;
  return matches({ ...rest, ...(detailType && { 'detail-type': detailType }) }, event);
}

type Pattern = { readonly [key: string]: unknown };

function matches(pattern: Pattern, value: unknown): boolean {
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or') return (wanted as Pattern[]).some((one) => matches(one, value));
    if (Array.isArray(wanted)) return wanted.some((one) => matchesLeaf(one, fields[key]));
    return typeof fields[key] === 'object' && matches(wanted as Pattern, fields[key]);
  });
}

function matchesLeaf(wanted: unknown, value: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) {
    // An array in an event matches when any of its elements does.
    return Array.isArray(value) ? value.includes(wanted) : value === wanted;
  }
  const [[operator, operand] = [], ...others] = Object.entries(wanted);
  if (operator !== 'exists' || others.length > 0) throw new Error(`this matcher knows no ${JSON.stringify(wanted)}`);
  // Only leaves exist: an object in that place does not count.
  const isLeaf = value !== undefined && (typeof value !== 'object' || value === null);
  return isLeaf === operand;
}
