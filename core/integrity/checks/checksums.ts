import type { Check } from './look.ts';
import { ask } from './subject.ts';

/** Counts since the server started, so it is asked last, when everything has been read. Row 0 is that of the shared catalogs. */
const query = `
  select coalesce(datname, 'shared catalogs') as name, checksum_failures::text as failures,
         to_char(checksum_last_failure at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last,
         current_setting('data_checksums') = 'on' as "isOn"
    from pg_stat_database where datid = 0 or datname = current_database()`;

interface Count {
  readonly name: string;
  /** `null` where checksums are off. */
  readonly failures: string | null;
  readonly last: string | null;
  readonly isOn: boolean;
}

/** Pages whose checksum was wrong when the server read them. */
export const checksums: Check = {
  check: 'checksums',
  async look(subject) {
    const counts = await ask<Count>(subject, query);
    if (!counts[0]?.isOn) {
      return {
        findings: [],
        covered: 0,
        of: 0,
        notCovered: [],
        nothing: true,
        text: 'data checksums are off on this server',
      };
    }
    const findings = counts
      .filter(({ failures }) => failures !== null && failures !== '0')
      .map(({ name, failures, last }) => ({
        object: name,
        text: `${failures} pages had a wrong checksum, the last at ${last}`,
      }));
    return { findings, covered: 1, of: 1, notCovered: [], text: 'data checksums are on, and their failures counted' };
  },
};
