import { canonicalJson, sha256 } from './canonical.ts';
import { type ExporterHost, type Section, sections } from './host.ts';
import { redactForms } from './redact.ts';

/** What a run did, for the log. */
export interface ExportReport {
  /** Of which a new version was written. */
  readonly changed: readonly Section[];
  /** What could not be exported. */
  readonly failures: readonly string[];
}

/**
 * One look at every section, each on its own. An object gets a new version only when its content changed, so its versions
 * are the history of the settings. `latest.json` tells when everything was last seen: a run that missed something leaves it.
 *
 * @throws when `latest.json` cannot be written
 */
export async function exportSettings(host: ExporterHost): Promise<ExportReport> {
  const changed: Section[] = [];
  const failures: string[] = [];
  const digests: Partial<Record<Section, string>> = {};
  for (const section of sections) {
    try {
      const { settings, missing } = await host.read[section]();
      failures.push(...missing.map((what) => `${section}: there is no ${what}`));
      const text = canonicalJson(redactForms(settings));
      const digest = sha256(text);
      digests[section] = digest;
      const key = `${section}.json`;
      if ((await host.digest(key)) === digest) continue;
      await host.write(key, text, digest);
      changed.push(section);
    } catch (error) {
      failures.push(`${section}: ${(error as Error).name}: ${(error as Error).message}`);
    }
  }
  if (failures.length === 0) {
    const text = canonicalJson({ lookedAt: host.now().toISOString(), sha256: digests });
    await host.write('latest.json', text, sha256(text));
  }
  return { changed, failures };
}
