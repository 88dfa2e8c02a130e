import type { CloudPolicy, DatabasePolicy } from '../policy/schema.ts';
import { isReplicated } from '../policy/traits.ts';
import { cityOf } from '../regions.ts';

/** One copy of something, the original included. */
export interface Copy {
  readonly name: string;
  /** What fails as one: copies on the same medium can all be lost together. */
  readonly medium: string;
  /** In another building, however the one that holds the original ends. */
  readonly offSite: boolean;
}

/** Copies counted against the rule of 3-2-1: three copies, on two media, one of them elsewhere. */
export interface CopyCount {
  readonly copies: readonly Copy[];
  readonly media: readonly string[];
  readonly offSite: readonly string[];
  readonly holds: boolean;
  /** What the three numbers do not say, as sentences. */
  readonly remarks: readonly string[];
}

export function countCopies({ copies, remarks }: Pick<CopyCount, 'copies' | 'remarks'>): CopyCount {
  const media = [...new Set(copies.map((copy) => copy.medium))];
  const offSite = copies.filter((copy) => copy.offSite).map((copy) => copy.name);
  return { copies, media, offSite, holds: copies.length >= 3 && media.length >= 2 && offSite.length >= 1, remarks };
}

/**
 * A database, its recovery points and their copies. RDS keeps snapshots in S3, away from the volume
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html).
 */
export function databaseCopies(
  { primary, replica }: Pick<CloudPolicy, 'primary' | 'replica'>,
  database: DatabasePolicy,
): Pick<CopyCount, 'copies' | 'remarks'> {
  return {
    copies: [
      { name: 'the database', medium: 'its own volume', offSite: false },
      { name: `recovery points in ${regionName(primary.region)}`, medium: 'snapshot storage of AWS', offSite: false },
      { name: `copies in ${copiesPlace(replica)}`, medium: 'snapshot storage of AWS', offSite: true },
    ],
    remarks: [...accountRemarks(replica, database), ...standbyRemark(database)],
  };
}

function accountRemarks({ account }: CloudPolicy['replica'], database: DatabasePolicy): string[] {
  if (!account) return ['One provider, one account: who can delete the account can delete them all.'];
  return [
    'One provider, two accounts: who takes over that of the database cannot delete the copies; the organization above both can.',
    ...(isReplicated(database) ? ['Replicated automated backups are in the account of the database.'] : []),
  ];
}

function standbyRemark(database: DatabasePolicy): string[] {
  if (database.kind === 'instance' && database.multiAz)
    return ['The standby of multiAz is not counted: a wrong DELETE reaches it at once.'];
  return database.kind === 'cluster' && database.readers > 0
    ? ['Readers are not counted: they read the same volume.']
    : [];
}

/** Where copies are: the Region, and the account where it is another one. */
export function copiesPlace({ region, account }: Pick<CloudPolicy['replica'], 'region' | 'account'>): string {
  return account ? `${regionName(region)}, account ${account}` : regionName(region);
}

/** As people say it. */
export function regionName(region: string): string {
  return cityOf(region, 'en') ?? region;
}
