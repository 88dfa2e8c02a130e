import { hash } from 'node:crypto';

/** What a column may hold, with integers exact and text as the bytes that are stored. */
export type Value = null | bigint | number | Uint8Array;

const lane = 0xffff_ffff_ffff_ffffn;

/** The sum of the hashes of rows: their order does not matter, their number does. See docs/adr/0001-content-hash.md. */
export class RowHash {
  rows = 0;
  private high = 0n;
  private low = 0n;
  private bytes = Buffer.alloc(4_096);
  private length = 0;

  /** @param row - each value behind the name of its type, as `typeof()` gives it */
  add(row: readonly (string | Value)[]): void {
    this.length = 0;
    for (let index = 0; index < row.length; index += 2) this.append(row[index] as string, row[index + 1] as Value);
    const digest = hash('sha256', this.bytes.subarray(0, this.length), 'buffer');
    this.high = (this.high + digest.readBigUInt64BE(0)) & lane;
    this.low = (this.low + digest.readBigUInt64BE(8)) & lane;
    this.rows += 1;
  }

  /** 32 hexadecimal digits. */
  get content(): string {
    return [this.high, this.low].map((sum) => sum.toString(16).padStart(16, '0')).join('');
  }

  /** Type, length and bytes, so that no two different rows read alike. */
  private append(type: string, value: Value): void {
    const room = value instanceof Uint8Array ? value.length : 8;
    if (this.length + 9 + room > this.bytes.length) this.grow(room);
    this.length = this.bytes.writeUInt8(type.charCodeAt(0), this.length);
    if (value instanceof Uint8Array) {
      // A value has 2 GB at most, so four bytes tell its length. https://www.sqlite.org/limits.html
      this.length = this.bytes.writeUInt32BE(value.length, this.length);
      this.bytes.set(value, this.length);
      this.length += value.length;
    } else if (typeof value === 'bigint') this.length = this.bytes.writeBigInt64BE(value, this.length);
    else if (typeof value === 'number') this.length = this.bytes.writeDoubleBE(value, this.length);
  }

  private grow(room: number): void {
    const larger = Buffer.alloc((this.length + 9 + room) * 2);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
