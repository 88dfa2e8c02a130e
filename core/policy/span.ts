/** The written form: years, months, days and hours, each once and in this order: `14d`, `6mo`, `1y6mo`, `2d12h`. */
export type SpanText = `${number}${'y' | 'mo' | 'd' | 'h'}` | `${number}y${number}mo` | `${number}d${number}h`;

/**
 * A stretch of the calendar, as retention counts it: a month back from 31 March is not a fixed number of days.
 * Months are `mo` and not restic's `m`, which everywhere else in a policy means minutes.
 */
export class Span {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;

  private constructor(years: number, months: number, days: number, hours: number) {
    this.years = years;
    this.months = months;
    this.days = days;
    this.hours = hours;
  }

  /** `undefined` when the text is not a span, or one of no length. */
  static parse(text: string): Span | undefined {
    const match = /^(?:(\d{1,3})y)?(?:(\d{1,4})mo)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?$/.exec(text);
    if (!match) return undefined;
    const [years, months, days, hours] = match.slice(1).map((part) => Number(part ?? 0)) as [
      number,
      number,
      number,
      number,
    ];
    return years + months + days + hours > 0 ? new Span(years, months, days, hours) : undefined;
  }

  /** The moment this long before another, by the calendar of this machine; hours are counted by the clock, as restic does. */
  before(moment: Date): Date {
    const day = new Date(moment);
    day.setFullYear(moment.getFullYear() - this.years, moment.getMonth() - this.months, moment.getDate() - this.days);
    return new Date(day.getTime() - this.hours * 3_600_000);
  }

  toString(): string {
    const parts = [`${this.years}y`, `${this.months}mo`, `${this.days}d`, `${this.hours}h`];
    return parts.filter((part) => !/^0\D/.test(part)).join('');
  }

  toJSON(): string {
    return this.toString();
  }
}
