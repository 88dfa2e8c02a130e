import { counted } from '../../counted.ts';
import type { Check } from './look.ts';
import { ask } from './subject.ts';

interface Extension {
  readonly name: string;
  readonly version: string;
  readonly available: boolean;
}

/** The files of every extension are on this server, in the version that the database has: without them its functions fail when called. */
export const extensions: Check = {
  check: 'extensions',
  async look(subject) {
    const all = await ask<Extension>(
      subject,
      `select e.extname as name, e.extversion as version,
              exists (select from pg_available_extension_versions v where v.name = e.extname and v.version = e.extversion) as available
         from pg_extension e order by e.extname collate "C"`,
    );
    const findings = all
      .filter(({ available }) => !available)
      .map(({ name, version }) => ({ object: name, text: `version ${version} is not installed on this server` }));
    return {
      findings,
      covered: all.length,
      of: all.length,
      notCovered: [],
      text: `files of ${counted(all.length, 'extension')} looked up`,
    };
  },
};
