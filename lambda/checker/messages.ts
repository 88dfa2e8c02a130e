import type { AnswerFacts, SurveyFacts } from '../../core/evidence/facts.ts';
import type { Baseline } from '../../core/integrity/checks/baseline.ts';
import type { Batch } from '../../core/integrity/checks/batch.ts';
import type { CheckSettings } from '../../core/integrity/checks/settings.ts';

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

export interface SurveyAnswer extends SurveyFacts {
  /** As the server reports it. */
  readonly version: string;
}

export type BatchAnswer = AnswerFacts;

/** Of production: what it held. */
export type FingerprintAnswer = Baseline;
