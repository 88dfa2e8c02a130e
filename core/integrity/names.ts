const plain = /^[a-z_][a-z0-9_$]*$/;

/** For SQL: always quoted, so that no release's list of reserved words matters. */
export function quoted(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

/** For people and as a key: quoted only where a reader needs it, by a rule that does not change with the server's major. */
export function named(...parts: readonly string[]): string {
  return parts.map((part) => (plain.test(part) ? part : quoted(part))).join('.');
}

/** What the server quoted (`quote_all_identifiers` is on), in the form of `named`. */
export function unquoted(text: string): string {
  return text.replace(/"((?:[^"]|"")*)"/g, (whole, inside: string) => (plain.test(inside) ? inside : whole));
}
