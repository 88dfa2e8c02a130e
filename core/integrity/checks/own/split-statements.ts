/** A text of SQL cut at its semicolons, or what in it does not end. Pieces keep their comments. */
export type Split = { readonly statements: readonly string[] } | { readonly unterminated: string };

/**
 * What a semicolon may hide in, as PostgreSQL reads it with standard_conforming_strings on
 * (https://www.postgresql.org/docs/current/sql-syntax-lexical.html). A word comes last, so that its own letters begin no string:
 * in `price5` there is none, and in `E'\''` there is one that escapes.
 */
const token =
  /--[^\n\r]*|\/\*|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*('?)|'(?:[^']|'')*('?)|"(?:[^"]|"")*("?)|(?<![\w$\u0080-\uffff])\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|;|[\w\u0080-\uffff][\w$\u0080-\uffff]*|[\s\S]/g;

/** Cuts a text at the semicolons between statements, and leaves out pieces that hold nothing but space and comments. */
export function splitStatements(text: string): Split {
  const statements: string[] = [];
  let piece = '';
  let isEmpty = true;
  const end = () => {
    if (!isEmpty) statements.push(piece.trim());
    piece = '';
    isEmpty = true;
  };
  const pattern = new RegExp(token);
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const from = match.index;
    const [found] = match;
    const isComment = found.startsWith('--') || found === '/*';
    if (found === ';') {
      end();
      continue;
    }
    if (found === '/*') pattern.lastIndex = endOfComment(text, from);
    else if (/^\$.*\$$/.test(found)) {
      const close = text.indexOf(found, pattern.lastIndex);
      pattern.lastIndex = close < 0 ? -1 : close + found.length;
    } else if (/^(?:[eE]?'|")/.test(found) && !isClosed(match))
      return { unterminated: found.startsWith('"') ? 'quoted name' : 'string' };
    if (pattern.lastIndex < 0) return { unterminated: found === '/*' ? 'comment' : 'string' };
    if (pattern.lastIndex === 0) break;
    piece += text.slice(from, pattern.lastIndex);
    if (!isComment && found.trim() !== '') isEmpty = false;
  }
  end();
  return { statements };
}

/** The closing quote is a group of its own, which is empty where the text ends first. */
function isClosed([, escaped, string, name]: RegExpExecArray): boolean {
  return (escaped ?? string ?? name) !== '';
}

/** Comments nest. -1 where one does not end. */
function endOfComment(text: string, from: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = from;
  let depth = 0;
  for (let match = mark.exec(text); match; match = mark.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return -1;
}
