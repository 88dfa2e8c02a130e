/** A small seeded generator (mulberry32): the same seed gives the same numbers, so a failure can be repeated. */
export class SeededRandom {
  readonly seed: number;
  private state: number;

  /** @param seed - @default `FUKUGEN_TEST_SEED`, else another one each time */
  constructor(seed = Number(process.env.FUKUGEN_TEST_SEED ?? Date.now() % 1_000_000)) {
    this.seed = seed;
    this.state = seed;
  }

  /** From 0 to below the limit. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % limit;
  }

  from<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}
