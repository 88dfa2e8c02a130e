/** A line that a program prints as JSON among others that are not; `undefined` for those. */
export function jsonLine<T>(line: string): Partial<T> | undefined {
  try {
    return JSON.parse(line) as Partial<T>;
  } catch {
    return undefined;
  }
}
