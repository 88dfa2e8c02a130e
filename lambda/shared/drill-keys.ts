import type { DrillMarkName } from '../../core/evidence/record.ts';

/**
 * Names of objects in the evidence bucket. Below `work/` is what the steps of a drill leave for its record, gone after 30 days;
 * below `evidence/` what cannot be deleted. A Region writes below its own name only, and the other one's arrives by replication.
 */
export const drillKeys = {
  /** `OriginNote` */
  origin: (of: OfTarget) => `${work(of)}/origin.json`,
  /** `{ at }`. */
  mark: (of: OfTarget, name: DrillMarkName) => `${work(of)}/marks/${name}.json`,
  /** `{ at }`: RDS has shown the instance or cluster once, so that from then on it can only be gone. */
  seen: (of: OfTarget, identifier: string) => `${work(of)}/seen/${identifier}.json`,
  /** `{ at }`: RDS would not make the instance or cluster. */
  refused: (of: OfTarget, identifier: string) => `${work(of)}/refused/${identifier}.json`,
  /** `{ arn }` of the secret that RDS made for the scratch. */
  secret: (of: OfTarget) => `${work(of)}/secret.json`,
  /** `{ at }`: the execution is over, and its scratches are leftovers from then on. */
  ended: (execution: string) => `work/${execution}/ended.json`,
  /** `{ at }`: since when a Region's janitor watches a database. */
  watched: (region: string, database: string) => `watched/${region}/${database}.json`,
  /** `SurveyAnswer` */
  survey: (of: OfTarget) => `${work(of)}/survey.json`,
  batches: (of: OfTarget) => `${work(of)}/batches/`,
  /** `BatchAnswer` */
  batch: (of: OfTarget, number: number) => `${drillKeys.batches(of)}${`${number}`.padStart(6, '0')}.json`,
  /** `Conclusion`, once the notice is sent. */
  conclusion: (execution: string) => `work/${execution}/conclusion.json`,
  /** `FingerprintAnswer` of production: by the primary Region, for both. */
  baseline: (primaryRegion: string, database: string, takenAt: string) =>
    `${drillKeys.baselines(primaryRegion, database)}${takenAt.replaceAll(':', '')}.json`,
  baselines: (primaryRegion: string, database: string) => `baselines/${primaryRegion}/${database}/`,
  /** `DrillRecord` */
  record: (region: string, database: string, sequence: number) =>
    `${drillKeys.records(region, database)}${`${sequence}`.padStart(6, '0')}.json`,
  records: (region: string, database: string) => `evidence/${region}/${database}/`,
  fingerprints: (region: string, database: string, execution: string) =>
    `fingerprints/${region}/${database}/${execution}.json`,
  report: (region: string, execution: string) => `reports/${region}/${execution}.html`,
} as const;

interface OfTarget {
  readonly execution: string;
  readonly database: string;
}

function work({ execution, database }: OfTarget): string {
  return `work/${execution}/${database}`;
}
