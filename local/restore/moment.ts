import { FukugenError } from '../../core/errors.ts';

/** Which generation a person means: one by its name, the newest, or the newest before a moment. */
export type Wanted =
  | { readonly kind: 'latest' }
  | { readonly kind: 'named'; readonly generation: string }
  | { readonly kind: 'before'; readonly moment: Date; readonly text: string };

/**
 * Reads what stands after `--at`: `latest`, `before 2026-11-20 12:00` (local time), `before 2026-11-20`, or a generation's name.
 *
 * @throws FukugenError `usage` when a moment is none
 */
export function wantedGeneration(written: string): Wanted {
  if (written === 'latest') return { kind: 'latest' };
  const [, text = ''] = /^before(?:\s+(.*))?$/.exec(written.trim()) ?? [];
  if (!/^before\b/.test(written.trim())) return { kind: 'named', generation: written };
  const moment = localMoment(text);
  if (moment) return { kind: 'before', moment, text };
  throw new FukugenError('usage', `"${written}" names no moment`, {
    next: 'write it in local time, as in --at "before 2026-11-20 12:00" or --at "before 2026-11-20"',
  });
}

/** A day alone is its beginning. */
function localMoment(text: string): Date | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((digits) => Number(digits ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const moment = new Date(year, month - 1, day, hour, minute, second);
  // JavaScript takes 30 February for 2 March.
  const isReal = moment.getMonth() === month - 1 && moment.getDate() === day;
  return isReal && hour < 24 && minute < 60 && second < 60 ? moment : undefined;
}
