/** What AWS Backup backs up in the account and Region, by resource type. */
export type Preferences = Readonly<Record<string, boolean>>;

export interface RegionSettings {
  read(): Promise<Preferences>;
  /** Replaces all of them. */
  write(preferences: Preferences): Promise<void>;
}

/**
 * Opts the types in and leaves every other preference as it is: they belong to the whole account and Region.
 *
 * @returns those that were not opted in before
 */
export async function optIn(types: readonly string[], settings: RegionSettings): Promise<string[]> {
  const current = await settings.read();
  const missing = types.filter((type) => current[type] !== true);
  if (missing.length === 0) return [];
  await settings.write({ ...current, ...Object.fromEntries(missing.map((type) => [type, true])) });
  return missing;
}
