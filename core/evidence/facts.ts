import type { Batch, NewestValue, TablePartFingerprint } from '../integrity/checks/batch.ts';
import type { CheckResult } from '../integrity/checks/check.ts';
import type { DatabaseFingerprint } from '../integrity/fingerprint.ts';
import type { DrillCheck } from '../policy/drills.ts';
import type { DrillCause, DrillMark, DrillRecord, OriginNote } from './record.ts';

/** What a drill left, from which its record is made. What a step did not reach is absent. */
export interface DrillFacts
  extends Pick<
    DrillRecord,
    | 'policy'
    | 'drill'
    | 'trigger'
    | 'database'
    | 'kind'
    | 'place'
    | 'region'
    | 'source'
    | 'sequence'
    | 'previous'
    | 'startedAt'
    | 'finishedAt'
  > {
  /** Identifier of the scratch, which is known before there is one. */
  readonly scratch: string;
  readonly objectives: { readonly rpoSeconds: number; readonly rtoSeconds: number };
  readonly waitsUntilLoaded: boolean;
  /** Of the scratch and its storage, as the policy has it. @default - not known */
  readonly usdPerHour?: number;
  /** The checks that are on. */
  readonly checks: Readonly<Partial<Record<DrillCheck, 'fail' | 'warn'>>>;
  readonly note?: OriginNote;
  readonly marks: readonly DrillMark[];
  readonly survey?: SurveyFacts;
  /** By the place of the batch in the survey. */
  readonly answers: ReadonlyMap<number, AnswerFacts>;
  /** Checks that look at more than the scratch: against the last evidence, and against production. */
  readonly compared: readonly CheckResult[];
  /** What the machine caught. @default - every step went through */
  readonly failure?: DrillCause;
  /** @default - the survey was not reached */
  readonly fingerprints?: DrillRecord['fingerprints'];
}

/** What the checker lists. */
export interface SurveyFacts {
  readonly databases: readonly { readonly name: string; readonly bytes: number; readonly tables: number }[];
  readonly batches: readonly Batch[];
  /** Of what needs no batch. */
  readonly checks: readonly CheckResult[];
}

/** What the checker answers of one batch. */
export interface AnswerFacts {
  readonly checks: readonly CheckResult[];
  /** Of the tables or ranges that were read. */
  readonly tables: readonly TablePartFingerprint[];
  /** Of a batch of kind `database`: everything but the tables. */
  readonly fingerprint?: DatabaseFingerprint;
  readonly freshness: readonly NewestValue[];
}
