import pMap from 'p-map';
import type { DrillMark, OriginNote } from '../../core/evidence/record.ts';
import { drillMarks } from '../../core/evidence/record.ts';
import type { BatchAnswer, SurveyAnswer } from '../checker/messages.ts';
import type { DrillTarget } from '../operator/messages.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import type { RecorderHost } from './host.ts';

/** What the steps of one target left in the evidence bucket. */
export interface Notes {
  readonly note: OriginNote | undefined;
  readonly marks: readonly DrillMark[];
  readonly survey: SurveyAnswer | undefined;
  /** By the number of the batch. */
  readonly answers: ReadonlyMap<number, BatchAnswer>;
}

const concurrency = 16;

export async function readNotes(target: DrillTarget, host: RecorderHost): Promise<Notes> {
  const read = async <T>(key: string) => {
    const text = await host.read(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  };
  const survey = await read<SurveyAnswer>(drillKeys.survey(target));
  const marks = await pMap(
    drillMarks,
    async (name) => ({ name, at: (await read<{ readonly at: string }>(drillKeys.mark(target, name)))?.at }),
    { concurrency },
  );
  const answers = await pMap(
    survey?.batches ?? [],
    async (_, number) => [number, await read<BatchAnswer>(drillKeys.batch(target, number))] as const,
    { concurrency },
  );
  return {
    note: await read<OriginNote>(drillKeys.origin(target)),
    marks: marks.flatMap(({ name, at }) => (at === undefined ? [] : [{ name, at }])),
    survey,
    answers: new Map(answers.flatMap(([number, answer]) => (answer ? [[number, answer] as const] : []))),
  };
}
