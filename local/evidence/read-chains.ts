import pMap from 'p-map';
import { type Chain, type ChainFinding, verifyChains } from '../../core/evidence/chain.ts';
import { digestOf } from '../../core/integrity/digest.ts';
import type { Archive } from './archive.ts';

const concurrency = 16;

/** Every chain of an archive, with what is wrong with it and with the fingerprints that its records name. */
export async function readChains(archive: Archive): Promise<Chain[]> {
  const keys = await archive.records();
  const stored = await pMap(keys, async (key) => ({ key, text: (await archive.read(key)) ?? '' }), { concurrency });
  const chains = verifyChains(stored);
  if (!archive.hasFingerprints) return chains;
  return pMap(chains, async (chain) => ({
    ...chain,
    findings: [...chain.findings, ...(await fingerprintFindings(chain, archive))],
  }));
}

async function fingerprintFindings({ records }: Chain, archive: Archive): Promise<ChainFinding[]> {
  const findings = await pMap(
    records,
    async ({ fingerprints }): Promise<ChainFinding[]> => {
      if (!fingerprints) return [];
      const { key, sha256 } = fingerprints;
      const text = await archive.read(key);
      if (text === undefined) return [{ key, kind: 'missing', text: 'it is named by a record, and is not there' }];
      return digestOf(text) === sha256
        ? []
        : [{ key, kind: 'changed', text: 'it is not what it was when its record was written' }];
    },
    { concurrency },
  );
  return findings.flat();
}
