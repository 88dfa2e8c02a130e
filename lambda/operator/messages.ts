import type { DrillSource } from '../../core/evidence/record.ts';

/** What a person or the schedule starts a drill with. */
export interface DrillRequest {
  /** @default - every database, with the source that is its turn this month */
  readonly databases?: readonly { readonly name: string; readonly source?: DrillSource }[];
  /** Hours that a scratch stays, for a person to look at, after its verdict is recorded. @default 0 */
  readonly keepHours?: number;
  /** Of the schedule only: the moment it fired, which decides whose turn it is. */
  readonly scheduledAt?: string;
}

/** Input of `choose`: the request, and what Step Functions knows of the execution. */
export interface ChooseInput {
  readonly operation: 'choose';
  readonly request: DrillRequest;
  /** Name of the execution, and when it began. */
  readonly execution: string;
  readonly startedAt: string;
}

/** One restore of one database: what every further step of the machine is given, unchanged. It is known before anything is restored. */
export interface DrillTarget {
  readonly execution: string;
  readonly startedAt: string;
  readonly trigger: 'schedule' | 'hand';
  /** By its name in the policy. */
  readonly database: string;
  readonly kind: 'instance' | 'cluster';
  readonly source: DrillSource;
  /** Identifier of the instance or cluster that will be made, derived from the execution and the database. */
  readonly scratch: string;
  /** No step begins after this moment but record and tear-down. */
  readonly deadline: string;
  /** The scratch is torn down then, in the flow. @default - as soon as the record is written */
  readonly keepUntil?: string;
}

/** Steps that a target goes through. Each may be delivered twice, and does nothing the second time. */
export type StepOperation =
  /** Finds the recovery point, notes it, and asks RDS to restore it. */
  | 'restore'
  | 'is-restored'
  /** Clusters only: restored without one. */
  | 'add-instance'
  | 'is-instance-added'
  /** Has RDS make a new master password. */
  | 'take-over'
  | 'is-taken-over'
  /** Lists what there is to check and divides it into batches. */
  | 'survey'
  /** One batch. */
  | 'check'
  /** Only when the policy waits for it. */
  | 'is-loaded'
  | 'tear-down';

export interface StepInput {
  readonly operation: StepOperation;
  readonly target: DrillTarget;
  /** Of `check`. */
  readonly batch?: number;
}

/** Of the steps whose names begin with `is-`, and of `tear-down`: whether to go on or to wait and ask again. */
export interface Progress {
  readonly done: boolean;
}

/** Of `survey`: the batches wait under these numbers. */
export interface Survey {
  readonly batches: readonly number[];
}

/** What the operator refuses to go on with; the names are what the machine catches and retries. */
export type OperatorErrorName =
  /** RDS is busy or throttles: the same step again, later. */
  | 'NotYet'
  /** The deadline is over. */
  | 'DrillTimeout'
  /** There is nothing to restore from, or the request makes no sense. */
  | 'NothingToRestore'
  /** RDS says that the scratch failed or is gone. */
  | 'ScratchLost'
  /** Something with the name of a scratch was not made by this drill. */
  | 'NotOurs';
