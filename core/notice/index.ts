export { renderDrillNotice } from './drill.ts';
export type { Notice, SafePoint } from './notice.ts';
export { lengthOf, type RenderedNotice, renderNotice, timeOf } from './render.ts';
export {
  type AlarmSituation,
  alarmSituations,
  articleOf,
  type Language,
  runbookLink,
  type SituationName,
  situations,
} from './situations.ts';
