import { z } from 'zod';
import { counted } from '../counted.ts';
import { FukugenError } from '../errors.ts';
import { explain } from '../policy/mistakes.ts';
import builtIn from './prices/2026-11-21.json' with { type: 'json' };

/** What a bill is made of, and the unit its price is for. */
export const priceUnits = {
  'rds-backup-storage': 'GB-month',
  'aurora-backup-storage': 'GB-month',
  'region-transfer': 'GB',
  'kms-key': 'key-month',
  'object-storage': 'GB-month',
  's3-backup-storage': 'GB-month',
  secret: 'secret-month',
  'secret-replica': 'secret-month',
  alarm: 'alarm-month',
  'custom-metric': 'metric-month',
  dashboard: 'dashboard-month',
} as const;

export type PriceItem = keyof typeof priceUnits;

const price = z.strictObject({
  item: z.enum(Object.keys(priceUnits) as [PriceItem, ...PriceItem[]]),
  /** A Region, or the end of a host's name for storage elsewhere. @default - everywhere */
  where: z.string().min(1).optional(),
  /** The Region at the other end of a transfer. */
  to: z.string().min(1).optional(),
  /** For one unit; null when nobody confirmed it. */
  usd: z.number().nonnegative().nullable(),
  /** Where the figure was read, or where it was looked for. */
  source: z.string().min(1),
});

const priceFile = z.strictObject({
  /** The day on which the figures were last looked up. */
  asOf: z.iso.date('write a date such as 2026-11-21'),
  prices: z.array(price),
});

type Price = z.output<typeof price>;

export interface Prices {
  /** Of the newest figures in it. */
  readonly asOf: string;
  readonly prices: readonly Price[];
}

/** The prices that come with fukugen: those that `source` confirms, and null for the others. */
export const defaultPrices: Prices = priceFile.parse(builtIn);

/**
 * Prices of the user, before those that come with fukugen.
 *
 * @param origin - where the text came from, for the message
 * @throws FukugenError `policy` naming every mistake
 */
export function parsePrices(text: string, origin: string): Prices {
  const result = priceFile.safeParse(parseJson(text, origin), { reportInput: true });
  if (!result.success) {
    const mistakes = explain(result.error.issues, parseJson(text, origin));
    const count = counted(mistakes.length, 'mistake');
    throw new FukugenError('policy', `${origin} has ${count}:\n${mistakes.map((line) => `  ${line}`).join('\n')}`, {
      next: 'docs/plan.md shows the form of a price file',
    });
  }
  return { asOf: result.data.asOf, prices: [...result.data.prices, ...defaultPrices.prices] };
}

function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FukugenError('policy', `${origin} is not JSON: ${(cause as Error).message}`, {
      cause,
      next: 'docs/plan.md shows the form of a price file',
    });
  }
}

/** For one unit, in USD; `undefined` when it is not known. The first entry that fits counts. */
export function priceOf({ prices }: Prices, item: PriceItem, where: string, to?: string): number | undefined {
  const found = prices.find(
    (one) => one.item === item && (one.where === undefined || covers(one.where, where)) && (one.to ?? to) === to,
  );
  return found?.usd ?? undefined;
}

/** A Region is itself; a host is covered by the domain it belongs to. */
function covers(entry: string, where: string): boolean {
  return where === entry || where.endsWith(`.${entry}`);
}
