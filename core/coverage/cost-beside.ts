import type { CloudPolicy } from '../policy/schema.ts';
import { type Cost, daysOfMonth, lineFrom, sum, transfer } from './bill.ts';
import { copiesPlace, regionName } from './copies.ts';
import { expectedUploads } from './expected.ts';
import type { Prices } from './prices.ts';

/** What is protected beside the databases. The objects themselves, and the few of the exported settings, are not in it. */

/**
 * The first recovery point of a bucket is full and the others incremental, copies as well
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html).
 */
export function uploadsCost(cloud: CloudPolicy, uploads: NonNullable<CloudPolicy['uploads']>, prices: Prices): Cost {
  const line = lineFrom(prices);
  const { primary, replica, cadence } = cloud;
  const { data, dailyChange } = expectedUploads(uploads);
  const stored = (days: number) => data && dailyChange && data.value + days * dailyChange.value;
  return sum(
    [
      line('s3-backup-storage', `recovery points in ${regionName(primary.region)}`, stored(cadence.keep.days), [
        primary.region,
      ]),
      line('s3-backup-storage', `copies in ${copiesPlace(replica)}`, stored(cadence.copy.keep.days), [replica.region]),
      transfer(line, cloud, 'changes', dailyChange && dailyChange.value * daysOfMonth),
      ...(uploads.kind === 'declared' ? [line('kms-key', 'key of the bucket', 1, [primary.region])] : []),
    ],
    transfer(line, cloud, 'first full copy', data?.value),
  );
}

export function secretsCost(
  { primary, replica }: CloudPolicy,
  secrets: NonNullable<CloudPolicy['secrets']>,
  prices: Prices,
): Cost {
  const line = lineFrom(prices);
  const declared = Object.values(secrets).filter(({ kind }) => kind === 'declared').length;
  return sum([
    ...(declared > 0 ? [line('secret', 'secrets that this app makes', declared, [primary.region])] : []),
    line('secret-replica', `replicas in ${regionName(replica.region)}`, Object.keys(secrets).length, [replica.region]),
    line('kms-key', `key of the replicas in ${regionName(replica.region)}`, 1, [replica.region]),
  ]);
}

export function settingsExportCost({ replica }: CloudPolicy, prices: Prices): Cost {
  const text = `key of the exported settings in ${regionName(replica.region)}`;
  return sum([lineFrom(prices)('kms-key', text, 1, [replica.region])]);
}
