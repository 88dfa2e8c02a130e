export type { Notice, SafePoint } from './notice.ts';
export { type RenderedNotice, type Rendering, renderNotice } from './render.ts';
export {
  type AlarmSituation,
  alarmSituations,
  articleOf,
  type Language,
  runbookLink,
  type Severity,
  type SituationName,
  situations,
} from './situations.ts';
