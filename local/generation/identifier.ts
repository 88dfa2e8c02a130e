/**
 * A generation is named by the moment it began, UTC, to the millisecond: names sort by age, and no file system objects to them.
 * `2026-11-21T03-00-00-123Z`
 */
export function generationAt(moment: Date): string {
  return moment.toISOString().replace(/[:.]/g, '-');
}

const safety = '-safety';

/**
 * Taken right before a restore in place: asked for by name, and nobody's latest, since the next restore would bring back what the last
 * one replaced. The name tells it, in every store, also to a machine that remembers nothing. `2026-11-21T03-00-00-123Z-safety`
 */
export function safetyGenerationAt(moment: Date): string {
  return generationAt(moment) + safety;
}

export function isSafety(generation: string): boolean {
  return generation.endsWith(safety);
}

const form = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})-(\d{3})Z(?:-safety)?$/;

/** `undefined` for anything that is not a generation's name, so that strangers' folders are left alone. */
export function momentOf(generation: string): Date | undefined {
  const match = form.exec(generation);
  if (!match) return undefined;
  const moment = new Date(`${match[1]}T${match[2]}:${match[3]}:${match[4]}.${match[5]}Z`);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
