import type { SourceRecord } from '../generation/manifest.ts';
import { localTime } from '../system/local-time.ts';
import type { RunContext } from '../system/run-context.ts';
import { verifyBytes } from './bytes.ts';
import type { Covered } from './coverage.ts';
import type { Result } from './finding.ts';
import { type Level, levelsUpTo } from './levels.ts';
import { verifyReadable } from './readable.ts';
import { verifyIdentical, verifyRestorable } from './restored.ts';

export interface Climb {
  /** The source's own in the generation. */
  readonly folder: string;
  readonly record: SourceRecord;
  readonly top: Level;
  /** What an earlier run has established and this one need not. */
  readonly known: (level: Level) => Covered | undefined;
}

export interface Step {
  readonly level: Level;
  readonly result: Result;
  /** ISO 8601. @default - it was done now */
  readonly resumedFrom?: string;
}

/** Proves a source level by level, up to the one asked for or the first that fails: what is damaged is not restored as well. */
export async function* climb(task: Climb, context: RunContext): AsyncGenerator<Step> {
  for (const level of levelsUpTo(task.top)) {
    // One restore proves both.
    if (level === 'restorable' && task.top === 'identical' && !task.known('identical')) continue;
    const before = task.known(level);
    if (before) {
      const { at, verdict, portion } = before;
      const text = `${verdict} ${momentText(at)}, by a run that did not end; not read again`;
      yield { level, result: { verdict, text, portion }, resumedFrom: at };
      continue;
    }
    for (const step of await steps(level, task, context)) {
      yield step;
      if (step.result.verdict === 'failed') return;
    }
  }
}

async function steps(level: Level, { folder, record }: Climb, context: RunContext): Promise<readonly Step[]> {
  const { name } = record;
  switch (level) {
    case 'bytes':
      context.progress.stage(`reading every byte of ${name}`);
      return [{ level, result: await verifyBytes(folder, record, context) }];
    case 'readable':
      context.progress.stage(`reading what is in the files of ${name}`);
      return [{ level, result: await verifyReadable(folder, record, context) }];
    case 'restorable':
      context.progress.stage(`restoring ${name} into a throwaway place`);
      return [{ level, result: await verifyRestorable(folder, record, context) }];
    case 'identical': {
      context.progress.stage(`restoring ${name} into a throwaway place and comparing`);
      const { restorable, identical } = await verifyIdentical(folder, record, context);
      const first: Step = { level: 'restorable', result: restorable };
      return identical ? [first, { level, result: identical }] : [first];
    }
  }
}

/** As a person on this machine tells it. */
export function momentText(at: string): string {
  return localTime(new Date(at)).slice(0, 16);
}
