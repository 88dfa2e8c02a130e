/** Where a secret is found; a secret itself is never a value in a policy. */
export type SecretText = `env:${string}` | `file:${string}` | `command:${string}` | `keychain:${string}/${string}`;

export type SecretReference =
  /** An environment variable. */
  | { readonly from: 'env'; readonly name: string }
  /** The first line of a file. */
  | { readonly from: 'file'; readonly path: string }
  /** The first line a program prints; run without a shell. */
  | { readonly from: 'command'; readonly command: string }
  /** The login keychain on macOS, the secret service on Linux. */
  | { readonly from: 'keychain'; readonly service: string; readonly account: string };

/** The sentence that says what would be right, used by the schema and by the documentation. */
export const secretForms = 'env:NAME, file:/path, command:program argument or keychain:service/account';

/** `undefined` when the text is not a reference; the text may then be a secret itself, so callers never print it. */
export function parseSecret(text: string): SecretReference | undefined {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  switch (kind) {
    case 'env':
      return /^[A-Za-z_][A-Za-z0-9_]*$/.test(rest) ? { from: 'env', name: rest } : undefined;
    case 'file':
      return /^(\/|~\/)[^\0\n]+$/.test(rest) ? { from: 'file', path: rest } : undefined;
    case 'command':
      return rest.trim() !== '' ? { from: 'command', command: rest.trim() } : undefined;
    case 'keychain': {
      const match = /^([^/\n]+)\/([^/\n]+)$/.exec(rest);
      return match ? { from: 'keychain', service: match[1] as string, account: match[2] as string } : undefined;
    }
    default:
      return undefined;
  }
}

/** The written form of a reference, safe to print: it names the place, not the secret. */
export function secretText(reference: SecretReference): SecretText {
  switch (reference.from) {
    case 'env':
      return `env:${reference.name}`;
    case 'file':
      return `file:${reference.path}`;
    case 'command':
      return `command:${reference.command}`;
    case 'keychain':
      return `keychain:${reference.service}/${reference.account}`;
  }
}
