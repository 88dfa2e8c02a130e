import { counted } from '../../core/counted.ts';

const [tab, newline, backslash, nul] = [9, 10, 92, 0];
const headerEnd = ' FROM stdin;\n';

/**
 * Reads the rows of one table as `COPY` prints them, in pieces that may end anywhere: https://www.postgresql.org/docs/current/sql-copy.html
 * Says whether they are rows; what stands in them is for a restore to find out.
 */
export class RowReader {
  private readonly columns: number;
  private columnsSeen = 1;
  /** Bytes of the line so far. */
  private length = 0;
  /** Bytes of the value so far, and whether it began with `\N`, which is a whole value or none. */
  private valueLength = 0;
  private isNull = false;
  private escaped = false;
  /** After the mark that ends a table. */
  private ended = false;
  private maybeEnd = false;
  rows = 0;

  /** @param header - up to and with ` FROM stdin;` */
  constructor(header: string) {
    this.columns = columnsIn(header);
  }

  /** @returns what is wrong, as the rest of a sentence */
  push(content: Buffer): string | undefined {
    for (let at = 0; at < content.length; at += 1) {
      if (!this.escaped && !this.isNull && !this.maybeEnd && !this.ended) at = this.skip(content, at);
      if (at === content.length) break;
      const byte = content[at] as number;
      if (this.ended) {
        if (byte !== newline) return 'goes on after the mark that ends its rows';
        continue;
      }
      const problem = this.take(byte);
      if (problem !== undefined) return `row ${this.rows + 1} ${problem}`;
    }
    return undefined;
  }

  end(): string | undefined {
    return this.ended ? undefined : `ends after ${counted(this.rows, 'row')} without the mark that ends them`;
  }

  /** Nearly all bytes mean nothing but themselves. */
  private skip(content: Buffer, from: number): number {
    let at = from;
    while (at < content.length && (content[at] as number) > newline && content[at] !== backslash) at += 1;
    this.length += at - from;
    this.valueLength += at - from;
    return at;
  }

  private take(byte: number): string | undefined {
    if (byte === nul) return 'holds a zero byte';
    if (byte === newline) return this.endLine();
    if (this.maybeEnd) return 'goes on after \\.';
    if (this.isNull && byte !== tab) return 'holds more than \\N in a value';
    if (byte === tab && !this.escaped) {
      this.columnsSeen += 1;
      this.valueLength = 0;
      this.isNull = false;
    } else {
      if (this.escaped) {
        if (byte === 78 && this.valueLength === 1) this.isNull = true;
        if (byte === 46 && this.length === 1) this.maybeEnd = true;
        this.escaped = false;
      } else this.escaped = byte === backslash;
      this.valueLength += 1;
    }
    this.length += 1;
    return undefined;
  }

  private endLine(): string | undefined {
    if (this.escaped) return 'ends with a backslash';
    if (this.maybeEnd) this.ended = true;
    else if (this.columnsSeen !== this.columns) return `has ${this.columnsSeen} values for ${this.columns} columns`;
    else this.rows += 1;
    this.columnsSeen = 1;
    this.length = 0;
    this.valueLength = 0;
    this.isNull = false;
    return undefined;
  }
}

/** Where the rows begin, or `undefined` when this is no beginning of a table. */
export function rowsAt(beginning: Buffer): number | undefined {
  const end = beginning.indexOf(headerEnd);
  return end === -1 || !/^COPY /m.test(beginning.subarray(0, end).toString()) ? undefined : end + headerEnd.length;
}

/** Of `COPY public."Orders" (id, "a, b") FROM stdin;`; a table without columns has empty lines for rows. */
function columnsIn(header: string): number {
  const list =
    /^COPY (?:"(?:[^"]|"")*"|[^\s("])+ \(((?:"(?:[^"]|"")*"|[^"])*)\) FROM stdin;\n$/m.exec(header)?.[1] ?? '';
  return list.replace(/"(?:[^"]|"")*"/g, '').split(',').length;
}
