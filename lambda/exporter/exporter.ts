import { canonicalJson, sha256 } from './canonical.ts';
import { type ExporterHost, type Json, latestKey, sections, templateKey } from './host.ts';
import { redactForms } from './redact.ts';
import type { ExportedStack } from './request.ts';

/** What a run did, for the log. */
export interface ExportReport {
  /** Objects of which a new version was written. */
  readonly changed: readonly string[];
  /** What could not be exported. */
  readonly failures: readonly string[];
}

/**
 * One look at every section and every template, each on its own. An object gets a new version only when its content changed, so
 * its versions are the history of the settings. `latest.json` tells when everything was last seen: a run that missed something
 * leaves it.
 *
 * @throws when `latest.json` cannot be written
 */
export async function exportSettings(host: ExporterHost, stacks: readonly ExportedStack[]): Promise<ExportReport> {
  const changed: string[] = [];
  const failures: string[] = [];
  const digests: Record<string, string> = {};
  const look = async (key: string, read: () => Promise<Json>) => {
    try {
      const text = canonicalJson(redactForms(await read()));
      const digest = sha256(text);
      digests[key] = digest;
      if ((await host.digest(key)) === digest) return;
      await host.write(key, text, digest);
      changed.push(key);
    } catch (error) {
      failures.push(`${key}: ${(error as Error).name}: ${(error as Error).message}`);
    }
  };
  for (const section of sections) {
    const key = `${section}.json`;
    await look(key, async () => {
      const { settings, missing } = await host.read[section]();
      failures.push(...missing.map((what) => `${key}: there is no ${what}`));
      return settings;
    });
  }
  for (const stack of stacks) await look(templateKey(stack.name), () => host.template(stack));
  if (failures.length === 0) {
    const text = canonicalJson({ lookedAt: host.now().toISOString(), sha256: digests });
    await host.write(latestKey, text, sha256(text));
  }
  return { changed, failures };
}
