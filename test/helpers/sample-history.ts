import type { StoredRecord } from '../../core/evidence/chain.ts';
import type { DrillFacts } from '../../core/evidence/facts.ts';
import { judge } from '../../core/evidence/judge.ts';
import type { DrillSource } from '../../core/evidence/record.ts';
import { sealRecord } from '../../core/evidence/seal.ts';
import { digestOf } from '../../core/integrity/digest.ts';
import { checkResult, sampleFacts } from './sample-drill.ts';

const day = 86_400_000;
const sources: readonly DrillSource[] = ['latest', 'copy', 'point-in-time', 'random'];

/** Moves a drill to another day, with every moment that is in it. */
function movedTo(facts: DrillFacts, days: number): DrillFacts {
  const move = (at: string) => new Date(Date.parse(at) + days * day).toISOString();
  const { note } = facts;
  return {
    ...facts,
    startedAt: move(facts.startedAt),
    finishedAt: move(facts.finishedAt),
    marks: facts.marks.map(({ name, at }) => ({ name, at: move(at) })),
    ...(note && {
      note: { ...note, origin: { ...note.origin, databaseTime: move(note.origin.databaseTime ?? facts.startedAt) } },
    }),
  };
}

/** The chain of one database, a drill a month, the last of them at the day of `sampleFacts`. */
export function storedChain(drills: readonly DrillFacts[]): StoredRecord[] {
  const stored: StoredRecord[] = [];
  for (const [index, facts] of drills.entries()) {
    const before = stored.at(-1);
    const previous = before ? { key: before.key, sha256: digestOf(before.text) } : null;
    const sequence = index + 1;
    const { text } = sealRecord(judge({ ...facts, sequence, previous }));
    const name = `${sequence}`.padStart(6, '0');
    stored.push({ key: `evidence/${facts.region}/${facts.database}/${name}.json`, text });
  }
  return stored;
}

/** A year of drills that went well but for one, and whatever the newest is to be. */
export function yearOfDrills(newest: DrillFacts): StoredRecord[] {
  const drills = Array.from({ length: 11 }, (_, index): DrillFacts => {
    const facts = movedTo(sampleFacts(), -30 * (11 - index));
    const source = sources[index % sources.length] as DrillSource;
    const month = { ...facts, database: newest.database, region: newest.region, drill: `drill-${index + 1}`, source };
    if (index === 6) {
      const failure = { step: 'is-restored', error: 'DrillTimeout', text: 'is-restored: not available within 8 h' };
      return { ...month, marks: month.marks.slice(0, 2), failure };
    }
    const later = (5 + ((index * 7) % 11)) * 60_000;
    return {
      ...month,
      marks: month.marks.map((mark, place) =>
        place < 2 ? mark : { ...mark, at: new Date(Date.parse(mark.at) + later * place).toISOString() },
      ),
    };
  });
  return storedChain([...drills, newest]);
}

/** The drill of a month in which one row was an orphan, and something was not reached. */
export function failedDrill(): DrillFacts {
  const heap = checkResult('heap', {
    outcome: 'incomplete',
    text: 'the deadline was over',
    covered: 11,
    of: 14,
    notCovered: ['public.events_2026_08', 'public.events_2026_09', 'public.イベント'],
  });
  const facts = sampleFacts();
  return {
    ...facts,
    checks: { ...facts.checks, 'foreign-keys': 'fail', constraints: 'warn', own: 'fail', heap: 'fail' },
    answers: new Map(
      [...facts.answers].map(([number, answer]) => [
        number,
        number === 1
          ? { ...answer, checks: [...answer.checks, heap] }
          : {
              ...answer,
              checks: [
                ...answer.checks,
                checkResult('foreign-keys', {
                  outcome: 'failed',
                  text: '4 foreign keys were looked at',
                  findings: [
                    {
                      object: 'public.order_items_order_id_fkey',
                      text: '3 rows refer to a row of public.orders that is not there',
                    },
                  ],
                  more: 2,
                  covered: 4,
                  of: 4,
                }),
                checkResult('constraints', {
                  outcome: 'warned',
                  text: '9 constraints were looked at',
                  findings: [{ object: 'public.orders.orders_total_check', text: 'it was never validated' }],
                  covered: 9,
                  of: 9,
                }),
                checkResult('own', { name: 'paid-orders', text: 'rows = 0, as expected', covered: 1, of: 1 }),
              ],
              freshness: [
                { database: 'shop', table: 'public.orders', column: 'created_at', newest: '2026-10-31T23:52:10.000Z' },
              ],
            },
      ]),
    ),
  };
}
