import { copiesKept } from '../policy/rules.ts';
import type { CloudPolicy, DatabasePolicy } from '../policy/schema.ts';
import { copiedEvery, isMade, isReplicated, kindOf } from '../policy/traits.ts';
import { type Cost, daysOfMonth, lineFrom, sum, transfer } from './bill.ts';
import { copiesPlace, regionName } from './copies.ts';
import { type Expected, expectedOf } from './expected.ts';
import { beyondCadence } from './generations.ts';
import type { Prices } from './prices.ts';

/**
 * What the protection of one database costs in a month, by these rules of AWS:
 *
 * - Backups as large as the storage of a running database are free in its Region, automated and others together
 *   (https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html). AWS pools that in the Region; here it is
 *   counted for each database.
 * - Transfer is paid by the account it goes to, and failed copies are free
 *   (https://docs.aws.amazon.com/aws-backup/latest/devguide/metering-and-billing.html).
 */
export function databaseCost(cloud: CloudPolicy, database: DatabasePolicy, prices: Prices): Cost {
  const bill = { cloud, expected: expectedOf(database), line: lineFrom(prices) };
  return kindOf(database) === 'instance' ? instanceCost(database, bill) : clusterCost(database, bill);
}

interface Bill {
  readonly cloud: CloudPolicy;
  readonly expected: Expected;
  readonly line: ReturnType<typeof lineFrom>;
}

/**
 * The first snapshot of an instance is full and the others incremental, in the Region and across Regions (rds-backup.html),
 * so what is stored is the data and the changes of the days it is kept.
 */
function instanceCost(database: DatabasePolicy, { cloud, expected, line }: Bill): Cost {
  const { primary, replica, cadence } = cloud;
  const { data, dailyChange } = expected;
  // Of an adopted instance the policy knows no storage, but it holds at least the data.
  const storage = 'storage' in database ? database.storage.gibibytes : data?.value;
  const automated = database.automatedBackupRetention.days;
  const stored = (days: number, longer: readonly Spaced[] = []) =>
    data && dailyChange && data.value + days * dailyChange.value + kept(longer, data.value, dailyChange.value);
  const beyondFree = (size: number | undefined) => size && Math.max(0, size - (storage ?? 0));
  // Replicated automated backups are a second chain of snapshots beside the copies, and their changes travel again: to the
  // account of the database in any case.
  const isTwice = isReplicated(database);
  const chains = isTwice ? 2 : 1;
  const travels = dailyChange && dailyChange.value * daysOfMonth;
  const isShared = isTwice && replica.account === undefined;
  return sum(
    [
      line(
        'rds-backup-storage',
        `recovery points in ${regionName(primary.region)}, beyond what is free`,
        beyondFree(stored(Math.max(cadence.keep.days, automated), beyondCadence(cadence, 'primary'))),
        [primary.region],
      ),
      line(
        'rds-backup-storage',
        `copies in ${copiesPlace(replica)}`,
        stored(cadence.copy.keep.days, beyondCadence(cadence, 'replica')),
        [replica.region],
      ),
      ...(isTwice
        ? [
            line(
              'rds-backup-storage',
              `replicated automated backups in ${regionName(replica.region)}`,
              stored(automated),
              [replica.region],
            ),
          ]
        : []),
      transfer(line, cloud, 'changes', travels && (isShared ? 2 : 1) * travels),
      ...(isTwice && !isShared
        ? [transfer(line, cloud, 'changes of automated backups', travels, regionName(replica.region))]
        : []),
      ...belongings(database, cloud, line),
    ],
    transfer(line, cloud, 'first full copy', data && chains * data.value),
  );
}

type Spaced = ReturnType<typeof beyondCadence>[number];

/** A snapshot that outlives its neighbours holds what changed since the one before it, and never more than all the data. */
function kept(points: readonly Spaced[], data: number, dailyChange: number): number {
  return points.reduce((total, { count, apart }) => total + count * Math.min(data, apart * dailyChange), 0);
}

/**
 * Aurora's snapshots are free while automated backups reach as far back, which the policy's own check sees to. Every copy
 * is stored in full, and only its transfer is charged as the difference
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-copy-snapshot.html, aurora-storage-backup.html).
 */
function clusterCost(database: DatabasePolicy, { cloud, expected, line }: Bill): Cost {
  const { primary, replica, cadence } = cloud;
  const { data, dailyChange } = expected;
  const log = dailyChange && dailyChange.value * database.automatedBackupRetention.days;
  const older = beyondCadence(cadence, 'primary').reduce((total, { count }) => total + count, 0);
  const oldCopies = beyondCadence(cadence, 'replica').reduce((total, { count }) => total + count, 0);
  const copies = copiesKept(cadence, copiedEvery(cadence, database)) + oldCopies;
  return sum(
    [
      line(
        'aurora-backup-storage',
        `automated backups in ${regionName(primary.region)}, beyond what is free`,
        log !== undefined && data ? Math.max(0, log - data.value) : undefined,
        [primary.region],
      ),
      ...(older > 0
        ? [
            line(
              'aurora-backup-storage',
              `${older} full snapshots in ${regionName(primary.region)}, older than automated backups`,
              data && older * data.value,
              [primary.region],
            ),
          ]
        : []),
      line('aurora-backup-storage', `${copies} full copies in ${copiesPlace(replica)}`, data && copies * data.value, [
        replica.region,
      ]),
      transfer(line, cloud, 'changes', dailyChange && dailyChange.value * daysOfMonth),
      ...belongings(database, cloud, line),
    ],
    transfer(line, cloud, 'first full copy', data?.value),
  );
}

/** A database that existed before has its key and its password already. */
function belongings(database: DatabasePolicy, { primary }: CloudPolicy, line: Bill['line']) {
  if (!isMade(database)) return [];
  return [
    line('kms-key', 'key of the database', 1, [primary.region]),
    // RDS keeps it there, and the account pays for it (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html).
    line('secret', 'master password of the database', 1, [primary.region]),
  ];
}

/** What all databases share: the key of the vault in each Region, and the one of the replicated automated backups. */
export function sharedCost({ primary, replica, databases }: CloudPolicy, prices: Prices): Cost {
  const line = lineFrom(prices);
  const key = (of: string, region: string) => line('kms-key', `key of the ${of} in ${regionName(region)}`, 1, [region]);
  const hasReplicated = Object.values(databases).some(isReplicated);
  return sum([
    key('vault', primary.region),
    key('vault', replica.region),
    ...(hasReplicated ? [key('automated backups', replica.region)] : []),
  ]);
}

/** @param gigabytes - decimal; @default - the policy does not say how large every source is */
export function objectStorageCost(host: string, gigabytes: number | undefined, prices: Prices): Cost {
  return sum([lineFrom(prices)('object-storage', `data at ${host}`, gigabytes, [host])]);
}
