import type { Chain, ChainFinding } from '../../core/evidence/chain.ts';

/** The chains of one archive. */
export interface ReadArchive {
  readonly archive: string;
  readonly chains: readonly Chain[];
}

/**
 * Each Region's evidence is in the other's bucket too, so a chain may be read twice: here it is once, as long as it is anywhere.
 * Copies that disagree are a finding, for no record is ever written anew; one that is only shorter has not been replicated yet.
 */
export function mergeChains(read: readonly ReadArchive[]): Chain[] {
  const all = read.flatMap(({ archive, chains }) => chains.map((chain) => ({ archive, chain })));
  const groups = Map.groupBy(all, ({ chain }) => `${chain.region}/${chain.database}`);
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, copies]) => {
      const [longest, ...others] = [...copies].sort(
        (one, other) => other.chain.hashes.length - one.chain.hashes.length,
      );
      const { archive, chain } = longest as (typeof copies)[number];
      const known = new Set(chain.hashes);
      const findings = others.flatMap((other): ChainFinding[] => {
        const strange = other.chain.hashes.filter((hash) => !known.has(hash)).length;
        if (strange === 0) return [];
        const text = `${strange} of its records in ${other.archive} are not in ${archive}`;
        return [{ key: `evidence/${name}`, kind: 'foreign', text }];
      });
      const own = copies.flatMap((copy) =>
        copy.chain.findings.map((finding) =>
          copies.length === 1 ? finding : { ...finding, key: `${copy.archive}/${finding.key}` },
        ),
      );
      return { ...chain, findings: [...own, ...findings] };
    });
}
