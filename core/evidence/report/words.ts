import type { CheckResult } from '../../integrity/checks/check.ts';
import type { Language } from '../../notice/situations.ts';
import type { DrillCheck } from '../../policy/drills.ts';
import type { DrillMarkName, DrillRecord, DrillSource } from '../record.ts';
import { en } from './words-en.ts';
import { ja } from './words-ja.ts';

export interface Words {
  readonly title: string;
  readonly drillsOf: (policy: string) => string;
  readonly written: string;
  readonly times: string;
  /** Of those that passed, and the checks in them that only warned. */
  readonly all: (count: number, warnings: number) => string;
  readonly some: (failed: number, count: number) => string;
  readonly verdict: Readonly<Record<DrillRecord['verdict'], string>>;
  readonly outcome: Readonly<Record<CheckResult['outcome'], string>>;
  readonly source: Readonly<Record<DrillSource, string>>;
  readonly sourceMeans: Readonly<Record<DrillSource, string>>;
  readonly check: Readonly<Record<DrillCheck, string>>;
  readonly mark: Readonly<Record<DrillMarkName, string>>;
  readonly step: Readonly<Record<'restore' | 'instance' | 'password' | 'survey' | 'checks' | 'loading', string>>;
  readonly trigger: Readonly<Record<DrillRecord['trigger'], string>>;
  readonly kind: Readonly<Record<DrillRecord['kind'], string>>;
  readonly met: string;
  readonly missed: string;
  readonly notReached: string;
  readonly notMeasured: string;
  readonly objective: (length: string) => string;
  readonly heading: Readonly<
    Record<
      'summary' | 'problems' | 'databases' | 'facts' | 'timeline' | 'checks' | 'notCovered' | 'history' | 'evidence',
      string
    >
  >;
  readonly column: Readonly<
    Record<
      | 'database'
      | 'region'
      | 'verdict'
      | 'source'
      | 'rto'
      | 'rpo'
      | 'checks'
      | 'finished'
      | 'check'
      | 'outcome'
      | 'findings'
      | 'covered'
      | 'time'
      | 'step'
      | 'sinceRequest'
      | 'number'
      | 'drill'
      | 'sha256'
      | 'what'
      | 'why'
      | 'records'
      | 'chain',
      string
    >
  >;
  readonly fact: Readonly<
    Record<
      | 'cause'
      | 'drill'
      | 'trigger'
      | 'recoveryPoint'
      | 'restoredTo'
      | 'basis'
      | 'scratch'
      | 'available'
      | 'checked'
      | 'loaded'
      | 'rpo'
      | 'freshness'
      | 'size'
      | 'cost'
      | 'record',
      string
    >
  >;
  readonly basis: Readonly<Record<'snapshot-database-time' | 'snapshot-create-time' | 'restore-time', string>>;
  readonly behind: (length: string) => string;
  readonly empty: string;
  readonly more: (count: number) => string;
  readonly everything: string;
  readonly nothingChecked: string;
  readonly ofThese: (count: number) => string;
  readonly caption: Readonly<Record<'summary' | 'timeline' | 'checks' | 'notCovered' | 'history' | 'evidence', string>>;
  readonly comma: string;
  readonly chart: Readonly<Record<'timeline' | 'rto' | 'rpo', (database: string) => string>>;
  readonly legend: string;
  readonly intact: string;
  readonly damaged: (count: number) => string;
  readonly howToVerify: string;
  readonly newest: string;
}

export const wordsOf: Readonly<Record<Language, Words>> = { en, ja };
