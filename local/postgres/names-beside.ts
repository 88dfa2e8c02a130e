/** Names for what a restore puts beside a database. */
export function databasesBeside(live: string): { readonly restored: string; readonly kept: string } {
  const suffix = new Date()
    .toISOString()
    .replace(/[-:]|\.\d+Z$/g, '')
    .toLowerCase();
  return { restored: withSuffix(live, `_restored_${suffix}`), kept: withSuffix(live, `_before_${suffix}`) };
}

/** PostgreSQL cuts names at 63 bytes, silently; the suffix must survive. */
function withSuffix(database: string, suffix: string): string {
  let base = database;
  while (Buffer.byteLength(base + suffix) > 63) base = base.slice(0, -1);
  return base + suffix;
}
