import type { CheckResult } from '../../integrity/checks/check.ts';
import type { Language } from '../../notice/index.ts';
import { lengthOf } from '../../notice/index.ts';
import type { DrillRecord } from '../record.ts';
import { type Html, html } from './html.ts';
import { wordsOf } from './words.ts';

/** A sign beside the word and the colour: whoever sees no colour sees the sign. */
const signs: Readonly<Record<CheckResult['outcome'], string>> = {
  passed: '✓',
  failed: '✕',
  warned: '!',
  incomplete: '…',
  skipped: '–',
};

export function outcomeMark(outcome: CheckResult['outcome'], language: Language): Html {
  return html`<span class="mark ${outcome}">${signs[outcome]} ${wordsOf[language].outcome[outcome]}</span>`;
}

/** Seconds as people say them. Below a minute, seconds. */
export function lengthText(seconds: number, language: Language): string {
  if (seconds < 60) return language === 'ja' ? `${Math.round(seconds)}秒` : `${Math.round(seconds)} s`;
  return lengthOf(seconds * 1_000, language);
}

/** Of the RTO, what the objective is held against. */
export function recoveryTime({ measured: { rto } }: DrillRecord): number | null {
  return rto.met === null ? null : (rto.loaded ?? rto.available ?? null);
}

/** A figure, its objective below it, and whether it was met. */
export function figureCell(
  value: number | null,
  { objective, met }: { readonly objective: number; readonly met: boolean | null },
  none: string,
  language: Language,
): Html {
  const say = wordsOf[language];
  const against = html`<small>${say.objective(lengthText(objective, language))}</small>`;
  if (value === null) return html`<td><span class="quiet">${none}</span>${against}</td>`;
  const mark =
    met === null
      ? undefined
      : html` <span class="mark ${met ? 'passed' : 'failed'}">${met ? `✓ ${say.met}` : `▲ ${say.missed}`}</span>`;
  return html`<td><span class="figure">${lengthText(value, language)}</span>${mark}${against}</td>`;
}

/** Why a record has no RPO. */
export function noRecoveryPoint({ source, origin }: DrillRecord, language: Language): string {
  const say = wordsOf[language];
  return source === 'random' || origin ? say.notMeasured : say.notReached;
}
