import type { Baseline } from '../../core/integrity/checks/baseline.ts';
import type { Batch, NewestValue, TablePartFingerprint } from '../../core/integrity/checks/batch.ts';
import type { CheckResult } from '../../core/integrity/checks/check.ts';
import type { CheckSettings } from '../../core/integrity/checks/settings.ts';
import type { DatabaseFingerprint } from '../../core/integrity/fingerprint.ts';

export type { OwnCheck } from '../../core/integrity/checks/own/own-check.ts';
export type { Batch, CheckSettings };

/** The only way a password travels: in the payload of a synchronous invocation, which nothing writes down. */
export interface CheckerConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export type CheckerRequest = SurveyRequest | BatchRequest | FingerprintRequest;

interface Timed {
  readonly connection: CheckerConnection;
  /** ISO 8601: what is not reached by then is named and counts as incomplete. */
  readonly deadline: string;
}

/** Lists what there is to check in every database of the server. */
export interface SurveyRequest extends Timed {
  readonly task: 'survey';
  readonly settings: CheckSettings;
}

/** Does one batch. */
export interface BatchRequest extends Timed {
  readonly task: 'batch';
  readonly batch: Batch;
  readonly settings: CheckSettings;
}

/** The baseline: the fingerprints of production, and the newest values of the declared columns. */
export interface FingerprintRequest extends Timed {
  readonly task: 'fingerprint';
  readonly settings: CheckSettings;
}

export interface SurveyAnswer {
  /** As the server reports it. */
  readonly version: string;
  readonly databases: readonly { readonly name: string; readonly bytes: number; readonly tables: number }[];
  readonly batches: readonly Batch[];
  /** Of the check `connect`. */
  readonly checks: readonly CheckResult[];
}

export interface BatchAnswer {
  readonly checks: readonly CheckResult[];
  /** Of the tables or ranges that were read. */
  readonly tables: readonly TablePartFingerprint[];
  /** Of a batch of kind `database`: everything but the tables. */
  readonly fingerprint?: DatabaseFingerprint;
  readonly freshness: readonly NewestValue[];
}

/** Of production: what it held. */
export type FingerprintAnswer = Baseline;
