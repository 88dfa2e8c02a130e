/** The drill's custom metrics, in the namespace and with the dimensions of the sentinel's: written here, read by alarms and dashboard. */

/** One set of these per database and Region, with every record. */
export const drillMetric = {
  /** 1 when the verdict is `failed`, 0 when it is `passed`. */
  failed: 'DrillFailed',
  /** Seconds of the measured RTO over its objective; 0 and less when it is met. */
  rtoExcess: 'DrillRecoveryTimeExcess',
  rpoExcess: 'DrillRecoveryPointExcess',
  /** Seconds. */
  rto: 'DrillRecoveryTime',
  rpo: 'DrillRecoveryPoint',
  /** Seconds from the request of the restore until every check had been made. */
  checked: 'DrillTimeToChecked',
  /** Bytes of the restored databases. */
  size: 'DrillSize',
  /** USD, estimated; where the policy says what an hour of the scratch costs. */
  cost: 'DrillCost',
} as const;

/** Of the janitor, every hour. Per database: seconds since its last drill finished, whatever its verdict. */
export const drillAge = 'DrillAge';

/** Of the janitor, every hour. Per Region: 1 for every run, and what it found to remove. */
export const janitorMetric = { runs: 'JanitorRuns', leftovers: 'DrillLeftovers' } as const;

/** The only dimensions of a drill's metric of a database. */
export function drillDimensions(policy: string, database: string) {
  return { Policy: policy, Database: database };
}
