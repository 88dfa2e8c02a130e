import type { CloudPolicy } from '../policy/schema.ts';
import { isReplicated } from '../policy/traits.ts';
import type { Place } from '../policy/vaults.ts';
import { type Cost, lineFrom, sum } from './bill.ts';
import { regionName } from './copies.ts';
import type { Prices } from './prices.ts';

/** How many there are of what watches one place. Tests count those of the stacks, and those that sentinel and drill write. */
interface Watching {
  readonly alarms: number;
  readonly metrics: number;
}

export function watchingOf(cloud: CloudPolicy, place: Place): Watching {
  const { databases, uploads, settingsExport, drills } = cloud;
  const ofDatabase = { primary: { alarms: 5, metrics: 8 }, replica: { alarms: 3, metrics: 6 } }[place];
  const ofUploads = { primary: { alarms: 4, metrics: 7 }, replica: { alarms: 3, metrics: 6 } }[place];
  const ofRegion = { alarms: 4, metrics: 2 };
  const one = { alarms: 1, metrics: 1 };
  const ofDrill = { alarms: 4, metrics: 9 };
  const ofDrills = { alarms: 3, metrics: 2 };
  const parts = [
    ofRegion,
    ...(uploads ? [ofUploads] : []),
    ...Object.values(databases).flatMap((database) =>
      place === 'replica' && isReplicated(database) ? [ofDatabase, one] : [ofDatabase],
    ),
    ...(place === 'replica' && settingsExport ? [one] : []),
    ...(drills ? [ofDrills, ...Object.keys(databases).map(() => ofDrill)] : []),
  ];
  const total = (of: keyof Watching) => parts.reduce((count, part) => count + part[of], 0);
  return { alarms: total('alarms'), metrics: total('metrics') };
}

export function watchingCost(cloud: CloudPolicy, prices: Prices): Cost {
  const line = lineFrom(prices);
  const lines = (['primary', 'replica'] as const).flatMap((place) => {
    const { region } = cloud[place];
    const { alarms, metrics } = watchingOf(cloud, place);
    return [
      line('alarm', `alarms in ${regionName(region)}`, alarms, [region]),
      line('custom-metric', `custom metrics in ${regionName(region)}`, metrics, [region]),
      line('kms-key', `key of the notices in ${regionName(region)}`, 1, [region]),
      ...(cloud.drills ? [line('kms-key', `key of the drills’ evidence in ${regionName(region)}`, 1, [region])] : []),
    ];
  });
  return sum([...lines, line('dashboard', 'dashboards', 2, [cloud.primary.region])]);
}
