import { z } from 'zod';
import type { DrillSource } from '../../core/evidence/record.ts';
import { longestKeepHours } from '../../core/policy/drills.ts';
import { explain } from '../../core/policy/mistakes.ts';
import { monthOf, rotate, sourcesAt } from '../../core/policy/rotation.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import { operatorError } from './errors.ts';
import type { DrillRequest } from './messages.ts';

const databases = z
  .array(
    z.strictObject({
      name: z.string(),
      source: z.enum(['latest', 'copy', 'point-in-time', 'random']).optional(),
    }),
  )
  .min(1, 'name at least one database, or leave it out for all');

const keepRange = `write 0 to ${longestKeepHours}`;

const request = z.strictObject({
  databases: databases.optional(),
  keepHours: z.number().min(0, keepRange).max(longestKeepHours, keepRange).optional(),
  scheduledAt: z.iso.datetime({ offset: true, error: 'write a moment such as 2026-12-01T01:00:00Z' }).optional(),
});

interface Choice {
  readonly name: string;
  readonly source?: DrillSource | undefined;
}

export interface Assignment {
  readonly name: string;
  readonly source: DrillSource;
}

/**
 * Which database is restored from where.
 *
 * @param startedAt - of the execution: it decides whose turn it is when no schedule says so
 * @throws `NothingToRestore` with every mistake of the request
 */
export function assign(input: unknown, plan: DrillPlan, startedAt: Date): readonly Assignment[] {
  const parsed = request.safeParse(input);
  const wanted = parsed.success ? (parsed.data as DrillRequest) : {};
  // Looked at on its own: another mistake must not hide a wrong name.
  const listed = databases.safeParse(Object(input).databases);
  const names = plan.databases.map(({ name }) => name);
  const turns = rotate(
    plan.databases,
    plan.place,
    monthOf(wanted.scheduledAt ? new Date(wanted.scheduledAt) : startedAt, plan.timezone),
  );
  const chosen: readonly Choice[] = listed.success ? listed.data : names.map((name) => ({ name }));
  const mistakes = [
    ...(parsed.success ? [] : explain(parsed.error.issues, input)),
    ...chosen.flatMap(({ name, source }, index) => mistakesOf(name, source, index)),
    ...(names.length === 0 ? ['the policy has no database to restore in this Region'] : []),
  ];
  if (mistakes.length > 0) throw operatorError('NothingToRestore', mistakes.join('; '));
  return chosen.map(({ name, source }) => ({ name, source: source ?? (turns.get(name) as DrillSource) }));

  function mistakesOf(name: string, source: DrillSource | undefined, index: number): string[] {
    const path = `databases.${index}`;
    const database = plan.databases.find((one) => one.name === name);
    if (!database) {
      return [
        `${path}.name: received ${JSON.stringify(name)}; write ${names.map((one) => JSON.stringify(one)).join(' or ')}`,
      ];
    }
    const sources = sourcesAt(plan.place, database);
    return [
      ...(chosen.findIndex((one) => one.name === name) < index ? [`${path}.name: ${name} is there twice`] : []),
      ...(source && !sources.includes(source)
        ? [
            `${path}.source: received ${JSON.stringify(source)}; in this Region ${name} is restored from ${sources.join(', ')}`,
          ]
        : []),
    ];
  }
}
