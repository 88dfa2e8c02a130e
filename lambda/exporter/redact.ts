import type { Json } from './host.ts';

/** In place of a value that is, or may be, a secret. */
export const redacted = '(redacted)';

const secretName = /pass(word|wd|phrase)|secret|token|credential|(private|api|access|signing|encryption)[-_. ]?key/i;

/** Settings of PostgreSQL on RDS whose names speak of passwords and whose values are none. */
const harmlessNames = [
  'password_encryption',
  'rds.accepted_password_auth_method',
  'rds.restrict_password_commands',
] as const;

const secretForms = [
  /:\/\/[^/\s:@]*:[^/\s@]+@/, // an address with a password
  // The ARN of a secret is its name.
  /(password|passwd|pwd|(?<!:secretsmanager:[^:]*:[^:]*:)secret|token|api[-_]?key)["']?\s*[=:]\s*\S/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/, // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  /\beyJ[\w-]+\.eyJ[\w-]+\./, // a JSON Web Token
  /\bgh[pousr]_\w{36}|\bxox[abeprs]-|hooks\.slack\.com\/services\//,
];

/** A tag or a parameter, by its name. What people put there cannot be known: this finds what says that it is a secret. */
export function redactNamed(name: string, value: string): string {
  const isHarmless = harmlessNames.some((one) => one === name);
  return secretName.test(name) && !isHarmless ? redacted : value;
}

/** Every text in the settings that has the form of a secret, wherever it stands. */
export function redactForms(value: Json): Json {
  if (typeof value === 'string') return secretForms.some((form) => form.test(value)) ? redacted : value;
  if (Array.isArray(value)) return value.map(redactForms);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, one === undefined ? one : redactForms(one)]),
  );
}
