/** AWS's types leave everything optional; without its date a point or a job says nothing. */
export function known(date: Date | undefined): Date {
  if (!date) throw new TypeError('AWS gave no creation date');
  return date;
}
