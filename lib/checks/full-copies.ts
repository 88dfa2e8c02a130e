import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { count } from '../../core/counted.ts';
import { type CloudPolicy, copiesKept, Duration, kindOf } from '../../core/policy/index.ts';

const onceADay = Duration.seconds(86_400);

/**
 * Warns of a cluster whose every recovery point is copied without the policy saying so: each copy is stored in full and
 * charged for, while the originals are free
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-storage-backup.html).
 *
 * @param scope - where the warning is shown, and can be acknowledged
 */
export function warnOfFullCopies(scope: IConstruct, { cadence, databases, replica }: CloudPolicy): void {
  for (const [name, database] of Object.entries(databases)) {
    if (kindOf(database) !== 'cluster' || ('copyEvery' in database && database.copyEvery)) continue;
    if (cadence.every.seconds >= onceADay.seconds) continue;
    const data = database.expected?.data?.gibibytes;
    const figure = (copies: number) => count(Math.round(copies * (data ?? 100)));
    const [all, daily] = [copiesKept(cadence), copiesKept(cadence, onceADay)];
    Validations.of(scope).addWarning(
      `fukugen-full-copies-${name}`,
      `${name} is an Aurora cluster, so each of its ${all} copies in ${replica.region} is stored in full: ${figure(all)} gigabyte-months ${
        data === undefined
          ? `for every 100 GB of it (cloud.databases.${name}.expected.data says how large it is)`
          : `at ${Math.round(data)} GB`
      }. With cloud.databases.${name}.copyEvery: '24h' they are ${figure(daily)}; with copyEvery: '${cadence.every}' this warning is gone and the copies stay.`,
    );
  }
}
