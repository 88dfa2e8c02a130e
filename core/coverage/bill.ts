import type { CloudPolicy } from '../policy/schema.ts';
import { copiesPlace, regionName } from './copies.ts';
import { type PriceItem, type Prices, priceOf, priceUnits } from './prices.ts';

/** One line of a bill. */
export interface CostLine {
  readonly text: string;
  /** @default - not known: the policy gives no size */
  readonly amount?: number;
  readonly unit: (typeof priceUnits)[PriceItem];
  /** Of one unit. @default - not confirmed by any source */
  readonly price?: number;
  /** @default - the amount or the price is not known */
  readonly usd?: number;
}

export interface Cost {
  /** Every month. */
  readonly lines: readonly CostLine[];
  /** Sum of the lines that are known, USD. */
  readonly known: number;
  /** What stands for an unknown sum beside it. */
  readonly unknown: readonly string[];
  /** The first full copy; not part of the month. @default - nothing is copied */
  readonly once?: CostLine;
}

/** @param bills - each with the name of what it is for */
export function addCosts(bills: readonly (readonly [string, Cost])[]): Pick<Cost, 'known' | 'unknown'> {
  return {
    known: cents(bills.reduce((total, [, cost]) => total + cost.known, 0)),
    unknown: bills.flatMap(([name, cost]) => cost.unknown.map((text) => `${name}: ${text}`)),
  };
}

export const daysOfMonth = 365 / 12;

/** What travels between the Regions. */
export function transfer(
  line: ReturnType<typeof lineFrom>,
  { primary, replica }: CloudPolicy,
  what: string,
  amount: number | undefined,
  to = copiesPlace(replica),
) {
  const text = `${what} from ${regionName(primary.region)} to ${to}`;
  return line('region-transfer', text, amount, [primary.region, replica.region]);
}

/** Writes lines with the prices of a file. */
export function lineFrom(prices: Prices) {
  return (
    item: PriceItem,
    text: string,
    amount: number | undefined,
    [where, to]: readonly [string, string?],
  ): CostLine => {
    const price = priceOf(prices, item, where, to);
    // Nothing of anything costs nothing, whatever it costs.
    const usd = amount === 0 ? 0 : amount !== undefined && price !== undefined ? cents(amount * price) : undefined;
    return {
      text,
      ...(amount !== undefined && { amount }),
      unit: priceUnits[item],
      ...(price !== undefined && { price }),
      ...(usd !== undefined && { usd }),
    };
  };
}

export function sum(lines: readonly CostLine[], once?: CostLine): Cost {
  return {
    lines,
    known: cents(lines.reduce((total, { usd }) => total + (usd ?? 0), 0)),
    unknown: lines.filter(({ usd }) => usd === undefined).map(({ text }) => text),
    ...(once && { once }),
  };
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
