import { cityOf } from '../regions.ts';
import type { Notice, SafePoint } from './notice.ts';
import { type Language, runbookLink, situations } from './situations.ts';

export interface Rendering {
  readonly language: Language;
  /** Of the IANA database. */
  readonly timezone: string;
  readonly now: Date;
  /** Address of the folder `runbooks`. @default - the path in this repository */
  readonly runbooks?: string | undefined;
}

export interface RenderedNotice {
  /** One line, under 100 characters: what SNS allows as the subject of a mail. */
  readonly title: string;
  /** Plain text with a line for each answer. */
  readonly text: string;
}

const words = {
  en: {
    page: 'PAGE',
    ticket: 'ticket',
    over: 'over',
    happened: 'What happened',
    means: 'What it means',
    where: 'Where',
    since: 'Since',
    overSince: 'Over since',
    says: 'AWS says',
    safe: 'Still safe (newest recovery point)',
    runbook: 'Runbook',
    ago: (length: string) => `${length} ago`,
    none: 'no recovery point',
    unknown: 'did not answer, so nobody knows',
    separator: ': ',
  },
  ja: {
    page: '緊急',
    ticket: '要確認',
    over: '解消',
    happened: '何が起きたか',
    means: '意味',
    where: '場所',
    since: 'いつから',
    overSince: '解消した時刻',
    says: 'AWS の報告',
    safe: '無事なもの(最新の復旧ポイント)',
    runbook: '手順書',
    ago: (length: string) => `${length}前`,
    none: '復旧ポイントなし',
    unknown: '応答がなく不明',
    separator: ': ',
  },
} as const;

const longestTitle = 99;

/** A notice as a person reads it. */
export function renderNotice(notice: Notice, rendering: Rendering): RenderedNotice {
  const { language, now, runbooks } = rendering;
  const { severity, happened, means } = situations[notice.situation];
  const say = words[language];
  const what = `${notice.subject ? `${notice.subject}: ` : ''}${happened[language]}`;
  const isOver = notice.state === 'over';
  const length = lengthOf(now.getTime() - notice.since.getTime(), language);
  const line = (label: string, text: string) => `${label}${say.separator}${text}`;
  return {
    title: shorten(`[${isOver ? say.over : say[severity]}] ${what} (${notice.region})`),
    text: [
      line(say.happened, isOver ? `${what} (${say.over})` : what),
      // What it means while it lasts would alarm whoever reads that it is over.
      ...(isOver ? [] : [line(say.means, means[language])]),
      line(say.where, placeOf(notice.region, language)),
      line(isOver ? say.overSince : say.since, `${timeOf(notice.since, rendering)} (${say.ago(length)})`),
      ...notice.details.map((detail) => line(say.says, detail)),
      ...(notice.safe ? [`${say.safe}${say.separator.trimEnd()}`] : []),
      ...(notice.safe ?? []).map((point) => `  ${line(placeOf(point.region, language), safePoint(point, rendering))}`),
      line(say.runbook, runbookLink(notice.situation, language, runbooks)),
    ].join('\n'),
  };
}

/** The code stays: runbooks ask for it. */
function placeOf(region: string, language: Language): string {
  const city = cityOf(region, language);
  return city ? `${city} (${region})` : region;
}

function safePoint({ newest }: SafePoint, rendering: Rendering): string {
  const say = words[rendering.language];
  if (!(newest instanceof Date)) return say[newest];
  const age = lengthOf(rendering.now.getTime() - newest.getTime(), rendering.language);
  return `${timeOf(newest, rendering)} (${say.ago(age)})`;
}

/** `2026-11-21 18:05 GMT+9`: sorts, and says its timezone, since a team reads it from several. */
export function timeOf(time: Date, { timezone }: Pick<Rendering, 'timezone'>): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(time);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}

/** In the two largest units that matter. A clock that is a little ahead gives no negative time. */
export function lengthOf(milliseconds: number, language: Language): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60), minutes % 60];
  const [day, hour, minute, space] = language === 'ja' ? ['日', '時間', '分', ''] : [' d', ' h', ' min', ' '];
  if (days > 0) return `${days}${day}${hours > 0 ? `${space}${hours}${hour}` : ''}`;
  if (hours > 0) return `${hours}${hour}${rest > 0 ? `${space}${rest}${minute}` : ''}`;
  return `${rest}${minute}`;
}

/** By characters, not UTF-16 units: half of a character is none. */
export function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= longestTitle ? text : `${characters.slice(0, longestTitle - 1).join('')}…`;
}
