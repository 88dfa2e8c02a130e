export type { Notice, SafePoint } from './notice.ts';
export { type RenderedNotice, renderNotice } from './render.ts';
export {
  type AlarmSituation,
  alarmSituations,
  articleOf,
  type Language,
  runbookLink,
  type SituationName,
  situations,
} from './situations.ts';
