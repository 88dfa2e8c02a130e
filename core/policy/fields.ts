import { z } from 'zod';
import { Duration, type DurationText } from './duration.ts';
import { parseSecret, type SecretReference, type SecretText, secretForms } from './secret.ts';
import { Size, type SizeText } from './size.ts';

/** The building blocks of the schema: each turns the written form into a typed value, or says what would be right. */

interface Bounds {
  readonly min?: DurationText;
  readonly max?: DurationText;
}

export function duration(bounds: Bounds = {}) {
  const min = bounds.min === undefined ? undefined : Duration.parse(bounds.min);
  const max = bounds.max === undefined ? undefined : Duration.parse(bounds.max);
  const range = [min && `at least ${min}`, max && `at most ${max}`].filter(Boolean).join(' and ');
  const right = `write a duration such as 3h, 14d or 8w${range && `, ${range}`}`;
  return z
    .custom<DurationText>((value) => typeof value === 'string', { error: right })
    .transform((text, context): Duration => {
      const value = Duration.parse(text);
      if (value && (!min || value.seconds >= min.seconds) && (!max || value.seconds <= max.seconds)) return value;
      context.issues.push({ code: 'custom', input: text, message: right });
      return z.NEVER;
    })
    .meta({ type: 'string', pattern: '^(0|[1-9][0-9]{0,8})[smhdw]$', description: right });
}

/** AWS Backup keeps recovery points for whole days, from 1 to 36,500. */
export function wholeDays(min: DurationText = '1d') {
  return duration({ min, max: '36500d' }).refine(
    (value) => Number.isInteger(value.days),
    'write whole days, such as 14d',
  );
}

export function size() {
  const right = 'write a size such as 100GB or 512MiB';
  return z
    .custom<SizeText>((value) => typeof value === 'string', { error: right })
    .transform((text, context): Size => {
      const value = Size.parse(text);
      if (value) return value;
      context.issues.push({ code: 'custom', input: text, message: right });
      return z.NEVER;
    })
    .meta({ type: 'string', pattern: '^(0|[1-9][0-9]{0,11})(B|[KMGT]i?B)$', description: right });
}

/** Marks a mistake whose received value must not be printed: it may be a password pasted in the wrong place. */
const hiddenValue = { hidden: true } as const;

export function secret() {
  const right = `name where the secret is found: ${secretForms}; a secret itself never stands in a policy`;
  return z
    .unknown()
    .transform((text, context): SecretReference => {
      const value = typeof text === 'string' ? parseSecret(text) : undefined;
      if (value) return value;
      context.issues.push({ code: 'custom', input: text, message: right, params: hiddenValue });
      return z.NEVER;
    })
    .meta({ type: 'string', pattern: '^(env|file|command|keychain):.+$', description: right }) as unknown as z.ZodType<
    SecretReference,
    SecretText
  >;
}

/** Names become tags, folder names and parts of AWS identifiers, so they keep to what all of those allow. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'use lower-case letters, digits and single hyphens, starting with a letter')
  .max(30, 'use at most 30 characters');

/** A folder or file of this machine: absolute, or under the home folder, or beside the policy. */
export const path = z
  .string()
  .min(1, 'write a path')
  .refine((text) => !text.includes('\0'), 'a path holds no NUL character');
