import type { DrillFacts } from './facts.ts';
import type { DrillMarkName, DrillMeasures } from './record.ts';
import { restoredTo } from './restored-to.ts';

/** What the drill measured, against the objectives. What was not reached has no figure, and meets nothing. */
export function measure(facts: DrillFacts): DrillMeasures {
  const { survey } = facts;
  return {
    rto: rto(facts),
    rpo: rpo(facts),
    bytes: survey ? survey.databases.reduce((total, { bytes }) => total + bytes, 0) : null,
    cost: cost(facts),
  };
}

function rto({ marks, objectives, waitsUntilLoaded }: DrillFacts): DrillMeasures['rto'] {
  const at = (name: DrillMarkName) => marks.find((mark) => mark.name === name)?.at;
  const asked = at('restore-asked');
  const since = (name: DrillMarkName) => {
    const then = at(name);
    return asked !== undefined && then !== undefined ? seconds(asked, then) : undefined;
  };
  // Whoever restores for good needs the password too, so the database is of use only then.
  const [available, checked, loaded] = [since('password-taken'), since('checked'), since('loaded')];
  const decides = waitsUntilLoaded ? loaded : available;
  return {
    ...(available !== undefined && { available }),
    ...(checked !== undefined && { checked }),
    ...(loaded !== undefined && { loaded }),
    objective: objectives.rtoSeconds,
    met: decides === undefined ? null : decides <= objectives.rtoSeconds,
  };
}

function rpo(facts: DrillFacts): DrillMeasures['rpo'] {
  const { note, source, startedAt, objectives, answers } = facts;
  const origin = note?.origin;
  // The moment after which everything would have been lost. A random point is old on purpose and says nothing of that, and
  // neither does the moment of a point in time: what counts is how far automated backups reached.
  const newest = {
    latest: origin?.databaseTime,
    copy: origin?.databaseTime,
    'point-in-time': origin?.latestRestorable,
  };
  const then = source === 'random' ? undefined : newest[source];
  const lost = then === undefined ? null : Math.max(0, seconds(then, startedAt));
  const asOf = restoredTo(origin ?? null);
  const freshness = [...answers.values()].flatMap((answer) =>
    answer.freshness.map(({ database, table, column, newest }) => ({
      column: `${database}/${table}.${column}`,
      newest,
      behind: newest !== null && asOf !== undefined ? seconds(newest, asOf) : null,
    })),
  );
  return {
    seconds: lost,
    objective: objectives.rpoSeconds,
    met: lost === null ? null : lost <= objectives.rpoSeconds,
    freshness,
  };
}

/**
 * What the scratch used, and the sum where the policy says what an hour costs. No price of an instance hour or of a restored gigabyte was
 * confirmed by any source that could be read, so there is none otherwise: a guessed figure in evidence is worse than none.
 */
function cost({ marks, note, finishedAt, usdPerHour }: DrillFacts): DrillMeasures['cost'] {
  const asked = marks.find(({ name }) => name === 'restore-asked');
  if (!asked) return { usd: 0, text: 'nothing was restored' };
  const hours = seconds(asked.at, finishedAt) / 3_600;
  const bytes = note?.origin.bytes;
  const storage = bytes === undefined ? 'its storage' : `${Math.round(bytes / 2 ** 30)} GiB of storage`;
  const time = hours < 1 ? `${Math.ceil(hours * 60)} min` : `${hours.toFixed(1)} h`;
  const used = `${note?.scratch.instanceClass ?? 'an instance'} and ${storage} for ${time}`;
  if (usdPerHour === undefined) return { usd: null, text: `${used}; the policy has no drill.usdPerHour` };
  return { usd: Math.round(hours * usdPerHour * 100) / 100, text: `${used}, USD ${usdPerHour} an hour` };
}

function seconds(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 1_000);
}
