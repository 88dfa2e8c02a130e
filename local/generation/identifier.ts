/**
 * A generation is named by the moment it began, UTC, to the millisecond: names sort by age, and no file system objects to them.
 * `2026-11-21T03-00-00-123Z`
 */
export function generationAt(moment: Date): string {
  return moment.toISOString().replace(/[:.]/g, '-');
}

const form = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})-(\d{3})Z$/;

/** `undefined` for anything that is not a generation's name, so that strangers' folders are left alone. */
export function momentOf(generation: string): Date | undefined {
  const match = form.exec(generation);
  if (!match) return undefined;
  const moment = new Date(`${match[1]}T${match[2]}:${match[3]}:${match[4]}.${match[5]}Z`);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
