/** Of a database role. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * What is in a secret of RDS's form.
 *
 * @throws without anything of what is in it: not even a parser's word for it
 */
export function readCredentials(secret: string | undefined, name: string): Credentials {
  const { username, password } = parse(secret);
  if (typeof username === 'string' && typeof password === 'string' && username !== '' && password !== '') {
    return { username, password };
  }
  throw new Error(`the secret ${name} does not hold a JSON object with username and password`);
}

function parse(secret: string | undefined): { readonly username?: unknown; readonly password?: unknown } {
  try {
    return Object(JSON.parse(secret ?? '{}'));
  } catch {
    return {};
  }
}
