/** Minutes of a day, and arithmetic on the circle they make. */
export const minutesOfDay = 1_440;

/** `hh:mm` as minutes past midnight. */
export function clock(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
}

/** The place on the circle, 0 or more. */
export function wrap(minutes: number, circle = minutesOfDay): number {
  return ((minutes % circle) + circle) % circle;
}
