/** A SQL file with an expectation, read at synth. Plain JSON. */
export interface OwnCheck {
  /** Of the file, without `.sql`. */
  readonly name: string;
  /** @default - the first database by name that is not `postgres` */
  readonly database?: string;
  /** One query, without its semicolon. */
  readonly sql: string;
  readonly expectation: OwnExpectation;
}

/** `rows = 0`, `value >= 1000`. */
export interface OwnExpectation {
  /** The number of rows, or the only value of the only row. */
  readonly of: 'rows' | 'value';
  readonly comparison: (typeof comparisons)[number];
  readonly number: number;
}

export const comparisons = ['=', '!=', '<', '<=', '>', '>='] as const;

export function meets(value: number, { comparison, number }: OwnExpectation): boolean {
  switch (comparison) {
    case '=':
      return value === number;
    case '!=':
      return value !== number;
    case '<':
      return value < number;
    case '<=':
      return value <= number;
    case '>':
      return value > number;
    case '>=':
      return value >= number;
  }
}
