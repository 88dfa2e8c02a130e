import pMap from 'p-map';

/**
 * As `pMap`, but when one fails, those that have begun have ended by the time that the failure is told:
 * whoever then clears a folder away has it for himself. No other is begun.
 *
 * @throws what the first that failed has thrown
 */
export async function mapTogether<T, R>(
  items: Iterable<T>,
  each: (item: T) => Promise<R>,
  { concurrency }: { readonly concurrency: number },
): Promise<R[]> {
  const failures: unknown[] = [];
  const results = await pMap(
    items,
    async (item) => {
      if (failures.length > 0) return [];
      try {
        return [await each(item)];
      } catch (error) {
        failures.push(error);
        return [];
      }
    },
    { concurrency },
  );
  if (failures.length > 0) throw failures[0];
  return results.flat() as R[];
}
