import { Duration } from '../policy/duration.ts';
import { encrypts, isSecret } from '../policy/encryption.ts';
import type { BackupPolicy, LocalPolicy, SourcePolicy, StorePolicy } from '../policy/schema.ts';
import { type Copy, type CopyCount, countCopies } from './copies.ts';
import { expectedRunOf, type Figure } from './expected.ts';

/**
 * The file systems that the local paths of a policy are on, by the name of the source or store: numbers that are equal
 * for the same one. A name that is missing is taken to be on this machine's own disk.
 */
export interface FileSystems {
  readonly sources: Readonly<Record<string, number>>;
  readonly stores: Readonly<Record<string, number>>;
}

export interface SourcePlan {
  readonly name: string;
  readonly source: SourcePolicy;
  readonly objectives: BackupPolicy['objectives'];
  /** @default - no restore is on record */
  readonly measuredRto?: Duration;
  /** From the first byte read to the last store. */
  readonly run: Figure<Duration>;
  /**
   * The longest time from one run to the next that meets the objective: a disaster just before a run is complete loses
   * the time since the one before began.
   * @default - none does: a run alone takes longer than the objective allows
   */
  readonly runEvery?: Duration;
  /** The longest interval of a crontab that is as short: one that divides a day. @default - none */
  readonly cronEvery?: Duration;
  readonly copies: CopyCount;
}

/**
 * What each source has, and what it needs. How often runs happen is not in the policy, so no worst case is claimed.
 *
 * @param measuredRto - the longest restore on record, by the name of the source
 */
export function coverSources(
  local: LocalPolicy,
  objectives: BackupPolicy['objectives'],
  measuredRto: Readonly<Record<string, Duration>>,
  systems: FileSystems,
): SourcePlan[] {
  const run = expectedRunOf(local.expectedRun);
  const left = objectives.rpo.seconds - run.value.seconds;
  const cronEvery = crontabIntervals.find((every) => every.seconds <= left);
  return Object.entries(local.sources).map(([name, source]) => ({
    name,
    source,
    objectives,
    ...(measuredRto[name] && { measuredRto: measuredRto[name] }),
    run,
    ...(left > 0 && { runEvery: Duration.seconds(left) }),
    ...(cronEvery && { cronEvery }),
    copies: countCopies(sourceCopies(name, source, local.stores, systems)),
  }));
}

/** Intervals that a crontab writes in one line and that come round at the same times every day, the longest first. */
const crontabIntervals = [24, 12, 8, 6, 4, 3, 2, 1]
  .map((hours) => hours * 3_600)
  .concat([30, 20, 15, 10, 5].map((minutes) => minutes * 60))
  .map((seconds) => Duration.seconds(seconds));

function sourceCopies(
  name: string,
  source: SourcePolicy,
  stores: LocalPolicy['stores'],
  systems: FileSystems,
): Pick<CopyCount, 'copies' | 'remarks'> {
  const home = systems.sources[name];
  const remarks: string[] = [];
  const original: Copy = { name: 'the original', medium: originalMedium(source), offSite: false };
  const takers = Object.entries(stores).filter(([, store]) => encrypts(store) || !isSecret(source));
  if (takers.length < Object.keys(stores).length)
    remarks.push('it holds secrets, so only stores that encrypt have a copy of it.');
  const copies = takers.map(([storeName, store]): Copy => {
    const host = hostOf(store);
    if (host !== undefined && !isThisMachine(host)) {
      const isNear = isNearby(host);
      if (isNear) remarks.push(`${storeName} is on this network, so it is not counted as off-site.`);
      return { name: storeName, medium: host, offSite: !isNear };
    }
    const system = systems.stores[storeName];
    if (original.medium === thisDisk && home !== undefined && system !== undefined && system !== home) {
      remarks.push(
        `${storeName} counts as a second medium because it is on another file system; make sure that it is another disk.`,
      );
      return { name: storeName, medium: `file system of ${storeName}`, offSite: false };
    }
    if (original.medium === thisDisk)
      remarks.push(`${storeName} is on the disk of the original: it helps against a mistake, and dies with the disk.`);
    return { name: storeName, medium: thisDisk, offSite: false };
  });
  return { copies: [original, ...copies], remarks };
}

const thisDisk = "this machine's disk";

function originalMedium(source: SourcePolicy): string {
  const host = source.kind === 'postgres' ? source.host : undefined;
  return host === undefined || isThisMachine(host) || host.startsWith('/') ? thisDisk : host;
}

/** The machine that a store is on, or the scheme when restic's backend has no host in it; `undefined` for a folder. */
export function hostOf(store: StorePolicy): string | undefined {
  if (store.kind === 'rclone') {
    const { endpoint, host, type } = store.options ?? {};
    if (type === 'local') return undefined;
    return endpoint?.replace(/^https?:\/\//, '').replace(/[:/].*$/, '') ?? host ?? store.remote.split(':')[0];
  }
  if (store.kind !== 'restic') return undefined;
  const address = /^([a-z0-9]+):(.*)$/.exec(store.repository);
  if (!address) return undefined;
  const [, scheme = '', rest = ''] = address;
  const url = /^(?:[a-z]+:)?\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]+)/.exec(rest);
  if (url) return url[1] as string;
  // s3:host/bucket and sftp:user@host:/path; what other backends write there is a bucket, not a host.
  const plain = scheme === 's3' || scheme === 'sftp' ? /^(?:[^@/:]*@)?([^:/]+)/.exec(rest) : undefined;
  return plain?.[1] ?? scheme;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || host.startsWith('127.');
}

/** Names without a domain, and addresses that never leave a building or a company (RFC 1918, RFC 6762). */
function isNearby(host: string): boolean {
  return (
    /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)/.test(host) ||
    /\.(local|lan|home\.arpa|internal)$/.test(host)
  );
}
