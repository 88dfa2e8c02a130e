/** The written form: a whole number and a unit, decimal (GB) or binary (GiB). */
export type SizeText = `${number}${'B' | 'KB' | 'MB' | 'GB' | 'TB' | 'KiB' | 'MiB' | 'GiB' | 'TiB'}`;

const bytesPerUnit: Record<string, number> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** A number of bytes that remembers how it was written. */
export class Size {
  /** Whole bytes, zero or more. */
  readonly bytes: number;
  private readonly text: string;

  private constructor(bytes: number, text: string) {
    this.bytes = bytes;
    this.text = text;
  }

  /** `undefined` when the text is not a size, or is beyond what a double counts exactly. */
  static parse(text: string): Size | undefined {
    const match = /^(0|[1-9]\d{0,11})(B|[KMGT]i?B)$/.exec(text);
    if (!match) return undefined;
    const bytes = Number(match[1]) * (bytesPerUnit[match[2] as string] as number);
    return Number.isSafeInteger(bytes) ? new Size(bytes, text) : undefined;
  }

  /** RDS counts storage in GiB and calls it GB. */
  get gibibytes(): number {
    return this.bytes / 2 ** 30;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}
