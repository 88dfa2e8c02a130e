/** The written form: a whole number and one unit: seconds, minutes, hours, days or weeks. */
export type DurationText = `${number}${'s' | 'm' | 'h' | 'd' | 'w'}`;

const secondsPerUnit = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;

/** A length of time with a unit in its type. Months and years are absent on purpose: their length depends on the calendar. */
export class Duration {
  /** Whole seconds, zero or more. */
  readonly seconds: number;

  private constructor(seconds: number) {
    this.seconds = seconds;
  }

  static seconds(seconds: number): Duration {
    if (!Number.isSafeInteger(seconds) || seconds < 0) {
      throw new RangeError(`a duration is a whole number of seconds, zero or more; received ${seconds}`);
    }
    return new Duration(seconds);
  }

  /** `undefined` when the text is not a duration: the schema, not this type, knows where the text came from. */
  static parse(text: string): Duration | undefined {
    const match = /^(0|[1-9]\d{0,8})([smhdw])$/.exec(text);
    if (!match) return undefined;
    return new Duration(Number(match[1]) * secondsPerUnit[match[2] as keyof typeof secondsPerUnit]);
  }

  get minutes(): number {
    return this.seconds / 60;
  }

  get hours(): number {
    return this.seconds / 3_600;
  }

  get days(): number {
    return this.seconds / 86_400;
  }

  /** The largest unit that leaves a whole number, weeks excepted: people read `14d`, not `2w`. */
  toString(): string {
    for (const unit of ['d', 'h', 'm'] as const) {
      if (this.seconds >= secondsPerUnit[unit] && this.seconds % secondsPerUnit[unit] === 0) {
        return `${this.seconds / secondsPerUnit[unit]}${unit}`;
      }
    }
    return `${this.seconds}s`;
  }

  toJSON(): string {
    return this.toString();
  }
}
