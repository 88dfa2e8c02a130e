import type { z } from 'zod';

/** One line for each mistake: path, what was received, what would be right. */
export function explain(issues: readonly z.core.$ZodIssue[], input: unknown): string[] {
  return issues.flatMap((issue) => lines(issue, input));
}

function lines(issue: z.core.$ZodIssue, input: unknown): string[] {
  const path = dotted(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(
        (key) => `${dotted([...issue.path, key])}: there is no such key; check its spelling or remove it`,
      );
    case 'invalid_key':
      return issue.issues.map((inner) => `${path}: ${inner.message}`);
    case 'invalid_union': {
      // Of a switch or an object: what is wrong with the object.
      const inner = issue.errors.find((errors) =>
        errors.some(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
      );
      if (inner) return inner.flatMap((one) => lines({ ...one, path: [...issue.path, ...one.path] }, input));
      return [`${path}: received ${shown(issue, input)}; ${unionChoices(issue)}`];
    }
    case 'custom':
      return [`${path}: received ${shown(issue, input)}; ${issue.message}`];
    case 'invalid_value':
      return [
        `${path}: received ${shown(issue, input)}; write ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`,
      ];
    case 'invalid_type':
      return [`${path}: received ${shown(issue, input)}; ${ownWords(issue) ?? `write ${article(issue.expected)}`}`];
    default:
      return [`${path}: received ${shown(issue, input)}; ${issue.message}`];
  }
}

/** What the schema says itself, where it says more than a type. */
function ownWords({ message }: z.core.$ZodIssue): string | undefined {
  return message.startsWith('Invalid input') ? undefined : message;
}

function dotted(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '(top level)' : path.map(String).join('.');
}

function unionChoices(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = (issue as { options?: readonly unknown[] }).options;
  if (options) return `write ${options.map((option) => JSON.stringify(option)).join(' or ')}`;
  const expected = issue.errors.flat().flatMap((one) => {
    if (one.code === 'invalid_value') return one.values.map((value) => JSON.stringify(value));
    return one.code === 'invalid_type' ? article(one.expected) : [];
  });
  return expected.length > 0 ? `write ${expected.join(' or ')}` : issue.message;
}

/** The value at the path, short, and never one that might be a secret. */
function shown(issue: z.core.$ZodIssue, input: unknown): string {
  if (issue.code === 'custom' && issue.params?.hidden === true) {
    return 'a value that is not shown, since it may be a secret';
  }
  const value = issue.path.reduce<unknown>(
    (place, key) =>
      typeof place === 'object' && place !== null ? (place as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null)
    return `an object with ${Object.keys(value).join(', ') || 'no keys'}`;
  const text = JSON.stringify(value) ?? String(value);
  // A URL with a password in it is the one secret that people write outside a secret field.
  return (text.length > 80 ? `${text.slice(0, 77)}…` : text).replace(/(:\/\/[^:@/\s]*:)[^@\s]*@/g, '$1…@');
}

function article(expected: string): string {
  const words: Record<string, string> = {
    string: 'a text',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    object: 'an object',
    record: 'an object',
    array: 'a list',
  };
  return words[expected] ?? expected;
}
