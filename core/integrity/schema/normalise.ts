/**
 * A definition as PostgreSQL prints it, in a form that survives a dump and a restore.
 *
 * The parser folds some casts while it reads a definition back, so that `x varchar CHECK (x IN ('a', 'b'))` is printed as
 * `(x)::text = ANY ((ARRAY['a'::character varying, …])::text[])` at first and `… ANY (ARRAY[('a'::character varying)::text, …])` ever after.
 * So casts, redundant parentheses, the quotes of plain identifiers and white space are dropped. Literals stay as they are, byte for byte.
 *
 * Blind to: a cast written with `::` added, removed or changed inside an expression (the types of columns, arguments and results are
 * compared by themselves), and to which identifiers are quoted where it makes no difference.
 */
export function normaliseSql(sql: string): string {
  const tokens = tokensOf(sql);
  const cursor = { at: 0 };
  return groupOf(tokens, cursor).join(' ');
}

/** Literals of every spelling, quoted identifiers, words, numbers, `::`, brackets one by one, and operators. */
const token =
  /\s+|[Ee]'(?:[^'\\]|''|\\[\s\S])*'|(?:[BbXxNn]|[Uu]&)?'(?:[^']|'')*'|\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?\$\1\$|(?:[Uu]&)?"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*|::|[()[\],;.]|[^\s\w'"()[\],;.\u0080-\uffff:]+|[\s\S]/g;

const plainIdentifier = /^"([a-z_][a-z0-9_$]*)"$/;

function tokensOf(sql: string): readonly string[] {
  const found: string[] = [];
  for (const [text] of sql.matchAll(token)) {
    if (text.trim() !== '') found.push(text.replace(plainIdentifier, '$1'));
  }
  return found;
}

/** Up to the closing parenthesis or the end. */
function groupOf(tokens: readonly string[], cursor: { at: number }): readonly string[] {
  const parts: string[] = [];
  for (;;) {
    const text = tokens[cursor.at++];
    if (text === undefined || text === ')') return parts;
    if (text === '::') skipType(tokens, cursor);
    else if (text === '(') {
      const inside = groupOf(tokens, cursor);
      parts.push(isRedundant(inside, parts.at(-1)) ? (inside[0] as string) : `(${inside.join(' ')})`);
    } else parts.push(text);
  }
}

/** One thing in parentheses needs none, unless they are an argument list: `f (x)` stays, `(x)` and `((a + b))` lose theirs. */
function isRedundant(inside: readonly string[], before: string | undefined): boolean {
  if (inside.length !== 1) return false;
  const isGroup = (inside[0] as string).startsWith('(');
  return isGroup || before === undefined || !/^["a-z_\u0080-\uffff]/.test(before);
}

/** What may follow the first word of a type that is several words long. */
const continued: Readonly<Record<string, RegExp>> = {
  character: /^varying$/,
  bit: /^varying$/,
  double: /^precision$/,
  timestamp: /^(with|without|time|zone)$/,
  time: /^(with|without|time|zone)$/,
  interval: /^(year|month|day|hour|minute|second|to)$/,
};

function skipType(tokens: readonly string[], cursor: { at: number }): void {
  const first = tokens[cursor.at++] ?? '';
  while (tokens[cursor.at] === '.') cursor.at += 2;
  const more = continued[first];
  for (;;) {
    const text = tokens[cursor.at] ?? '';
    if (more?.test(text)) cursor.at++;
    else if (text === '(') skipParentheses(tokens, cursor);
    else if (text === '[' && tokens[cursor.at + 1] === ']') cursor.at += 2;
    else return;
  }
}

/** The type's modifier: `numeric(10,2)`. */
function skipParentheses(tokens: readonly string[], cursor: { at: number }): void {
  while (tokens[cursor.at] !== ')' && cursor.at < tokens.length) cursor.at++;
  cursor.at++;
}
