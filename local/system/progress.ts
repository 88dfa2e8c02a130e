import { stderr } from 'node:process';

/** Says what is going on while it goes on: one moving line on a terminal, nothing at all in cron. */
export interface Progress {
  /** A new stage of the work. */
  stage(text: string): void;
  /** How far the stage is. */
  count(done: number, total: number, what: string): void;
  /** Clears the moving line. */
  end(): void;
}

/** What is counted of gigabytes. */
export function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

const silent: Progress = { stage: () => {}, count: () => {}, end: () => {} };

const redrawMilliseconds = 100;

/** @param verbose - also without a terminal, a line for each stage */
export function createProgress(verbose: boolean): Progress {
  if (stderr.isTTY) return movingLine();
  if (!verbose) return silent;
  return { stage: (text) => stderr.write(`${text}\n`), count: () => {}, end: () => {} };
}

function movingLine(): Progress {
  let text = '';
  let drawn = 0;
  const draw = (line: string) => {
    stderr.write(`\r\x1b[2K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
    drawn = Date.now();
  };
  return {
    stage: (next) => {
      text = next;
      draw(text);
    },
    count: (done, total, what) => {
      if (done === total || Date.now() - drawn > redrawMilliseconds) draw(`${text} ${done} of ${total} ${what}`);
    },
    end: () => stderr.write('\r\x1b[2K'),
  };
}
