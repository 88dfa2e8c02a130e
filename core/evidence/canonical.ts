/** JSON with sorted keys, indented: equal values give the same bytes, and a line-by-line comparison of two of them is readable. */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(sortKeys(value), null, 2)}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  // Without a prototype, a field named __proto__ stays a field.
  return Object.assign(Object.create(null), Object.fromEntries(entries.map(([key, one]) => [key, sortKeys(one)])));
}
