import { createHash, type Hash } from 'node:crypto';

/** A stretch of a dump, cut so that the same rows give the same segment again. */
export interface Segment {
  /** Counts the parts of a dump from 0: a table, the large objects, or the statements between them. */
  readonly part: number;
  readonly kind: 'table' | 'large-objects' | 'statements';
  /** Of a table, as the dump writes it: `public.orders`. */
  readonly name: string;
  /** Counts the segments of the part from 0. */
  readonly number: number;
  readonly content: readonly Buffer[];
  /** SHA-256 of the content, in hexadecimal. */
  readonly sha256: string;
}

export interface Sizes {
  /** Bytes before which no segment ends, unless its part does. */
  readonly least: number;
  /** Bytes after which it ends on average, once it may. */
  readonly further: number;
  /** Bytes after which it ends with the next row. */
  readonly most: number;
  /** Bytes at which it ends within a row. */
  readonly limit: number;
}

/** 2 MiB each on average: small against what changes between two runs, large against what a file costs. */
const usual: Sizes = { least: 512 * 1024, further: 1536 * 1024, most: 8 * 2 ** 20, limit: 12 * 2 ** 20 };

/** How much of a row decides whether a segment ends after it: most rows begin with their key. */
const sampleBytes = 24;
const newline = 10;
const nothing = Buffer.alloc(0);

/**
 * Cuts what `pg_dump --section=data` prints as plain SQL. A table becomes a part of its own, and is cut after rows that the *content* of
 * the row chooses: rows that are added at the end, or changed somewhere, leave all other segments as they were. Segments joined in
 * their order are the dump again, byte for byte.
 */
export class Splitter {
  private readonly sizes: Sizes;
  private part = 0;
  private kind: Segment['kind'] = 'statements';
  private name = '';
  private number = 0;
  private content: Buffer[] = [];
  private size = 0;
  private hash: Hash = createHash('sha256');
  /** Lines that say nothing but what comes next; they go with it. */
  private remarks: Buffer[] = [];
  /** The beginning of a line that the last chunk did not end. */
  private line: Buffer[] = [];
  /** Of a row that the last chunk did not end: its length so far, and its first bytes. */
  private rowLength = 0;
  private rowStart: Buffer = nothing;
  private header: Buffer[] = [];
  private state: 'statements' | 'rows' | 'after rows' = 'statements';

  constructor(sizes = usual) {
    this.sizes = sizes;
  }

  *push(chunk: Buffer): Generator<Segment> {
    for (let position = 0; position < chunk.length; ) {
      if (this.state === 'rows') {
        position = yield* this.rows(chunk, position);
        continue;
      }
      const end = chunk.indexOf(newline, position);
      if (end === -1) {
        this.line.push(Buffer.from(chunk.subarray(position)));
        return;
      }
      const line = Buffer.concat([...this.line, chunk.subarray(position, end + 1)]);
      this.line = [];
      position = end + 1;
      yield* this.statementLine(line);
    }
  }

  /**
   * What is left when the dump has ended.
   *
   * @throws Error when it ended within a table
   */
  *end(): Generator<Segment> {
    if (this.state === 'rows' || this.header.length > 0) throw new Error(`the dump ends within the table ${this.name}`);
    for (const line of [...this.remarks, ...this.line]) this.append(line);
    this.remarks = [];
    this.line = [];
    yield* this.endPart();
  }

  private *statementLine(line: Buffer): Generator<Segment> {
    if (this.state === 'after rows') {
      // Always as many after a table, but not before the first one.
      if (line.length === 1) {
        this.append(line);
        return;
      }
      yield* this.endPart();
      this.state = 'statements';
    }
    // The name of a table may hold a line break: its COPY ends where the words do that end every one.
    if (this.header.length > 0 || line.subarray(0, 5).toString('latin1') === 'COPY ') {
      this.header.push(line);
      if (!line.toString('latin1').endsWith(' FROM stdin;\n')) return;
      yield* this.endPart();
      const header = Buffer.concat(this.header);
      this.header = [];
      this.begin('table', tableOf(header.toString()));
      for (const remark of this.remarks) this.append(remark);
      this.remarks = [];
      this.append(header);
      this.state = 'rows';
      return;
    }
    const text = line.toString('latin1');
    // Blank lines go with what they follow: before the first table there are fewer than between two.
    if (text.startsWith('--') || (text === '\n' && this.remarks.length > 0)) {
      this.remarks.push(line);
      return;
    }
    if (this.kind === 'statements' && text === 'BEGIN;\n') {
      yield* this.endPart();
      this.begin('large-objects', '');
    }
    for (const remark of this.remarks) this.append(remark);
    this.remarks = [];
    this.append(line);
    if (this.kind === 'large-objects') {
      if (text === 'COMMIT;\n') yield* this.endPart();
      // Each object is opened, written to line by line, and closed.
      else if (this.size >= this.sizes.least + this.sizes.further) yield this.cut();
    }
  }

  /** Reads rows up to the end of the table or of the chunk, and says where that is. Where chunks end leaves no trace. */
  private *rows(chunk: Buffer, start: number): Generator<Segment, number> {
    const { least, most, limit } = this.sizes;
    let taken = start;
    for (let position = start; position < chunk.length; ) {
      const lineEnd = chunk.indexOf(newline, position) + 1;
      const end = lineEnd === 0 ? chunk.length : lineEnd;
      // A row may be a gigabyte long; the mark that ends a table never comes so late in a segment.
      while (this.size + end - taken > limit) {
        const here = taken + limit - this.size;
        this.append(chunk.subarray(taken, here));
        taken = here;
        yield this.cut();
      }
      if (lineEnd === 0) {
        this.rowStart = this.sampleOf(chunk, position, end);
        this.rowLength += end - position;
        break;
      }
      const length = this.rowLength + end - position;
      const size = this.size + end - taken;
      const isLast = length === 3 && this.sampleOf(chunk, position, end).toString('latin1') === '\\.\n';
      const isEnd = size >= most || (size >= least && this.isChosen(chunk, position, end));
      if (isLast || isEnd) {
        this.append(chunk.subarray(taken, end));
        taken = end;
        if (!isLast) yield this.cut();
      }
      position = end;
      if (this.rowLength > 0) {
        this.rowLength = 0;
        this.rowStart = nothing;
      }
      if (isLast) {
        this.state = 'after rows';
        return end;
      }
    }
    this.append(chunk.subarray(taken));
    return chunk.length;
  }

  private sampleOf(chunk: Buffer, position: number, end: number): Buffer {
    const missing = sampleBytes - this.rowStart.length;
    const here = chunk.subarray(position, Math.min(end, position + missing));
    return this.rowStart.length === 0 ? here : Buffer.concat([this.rowStart, here]);
  }

  /** FNV-1a over the sample; a long row ends a segment more often than a short one, so that segments are alike in bytes. */
  private isChosen(chunk: Buffer, position: number, end: number): boolean {
    let hash = 0x811c9dc5;
    // Millions of rows come here: those within one chunk, nearly all, without a buffer of their own.
    const isWhole = this.rowLength === 0;
    const sample = isWhole ? chunk : this.sampleOf(chunk, position, end);
    const from = isWhole ? position : 0;
    const to = isWhole ? Math.min(end, position + sampleBytes) : sample.length;
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (sample[at] as number), 0x01000193);
    // The last bytes hardly reach the high bits by themselves.
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    const length = this.rowLength + end - position;
    return (hash ^ (hash >>> 13)) >>> 0 < (length / this.sizes.further) * 2 ** 32;
  }

  private append(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.content.push(bytes);
    this.size += bytes.length;
    this.hash.update(bytes);
  }

  private begin(kind: Segment['kind'], name: string): void {
    this.kind = kind;
    this.name = name;
  }

  private cut(): Segment {
    const { part, kind, name, number, content } = this;
    const segment = { part, kind, name, number, content, sha256: this.hash.digest('hex') };
    this.number += 1;
    this.content = [];
    this.size = 0;
    this.hash = createHash('sha256');
    return segment;
  }

  private *endPart(): Generator<Segment> {
    if (this.size > 0) yield this.cut();
    if (this.number > 0) this.part += 1;
    this.number = 0;
    this.begin('statements', '');
  }
}

/** `COPY public.orders (id, total) FROM stdin;` */
function tableOf(header: string): string {
  return /^COPY ((?:"(?:[^"]|"")*"|[^\s("])+)/.exec(header)?.[1] ?? '';
}
