import { stdout } from 'node:process';
import { styleText } from 'node:util';

/** One step of the rehearsal, as it is written into `rehearsal.json`. */
export interface Stage {
  readonly name: string;
  /** Since the start of the rehearsal. */
  readonly startedSeconds: number;
  readonly seconds: number;
  readonly outcome: 'passed' | 'failed';
  /** What it found out, in one sentence. */
  readonly text: string;
}

/** Runs the stages one after the other and tells the story while it happens. */
export class Timeline {
  readonly stages: Stage[] = [];
  private readonly started = performance.now();
  private readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** A heading, where a new part of the story begins. */
  chapter(title: string): void {
    stdout.write(`\n${styleText('bold', title)}\n`);
  }

  /**
   * Runs one stage and prints how it went.
   *
   * @param run - returns what it has to tell, and its result for the stages that follow
   * @throws what the stage threw, after it was recorded as failed
   */
  async stage<T>(name: string, run: () => Promise<readonly [text: string, result: T]>): Promise<T> {
    const begun = performance.now();
    if (stdout.isTTY) stdout.write(styleText('dim', `  ${this.clock(begun)}  …  ${name}`));
    try {
      this.signal.throwIfAborted();
      const [text, result] = await run();
      this.record(name, begun, 'passed', text);
      return result;
    } catch (error) {
      this.record(name, begun, 'failed', (error as Error).message);
      throw error;
    }
  }

  private record(name: string, begun: number, outcome: Stage['outcome'], text: string): void {
    const seconds = round((performance.now() - begun) / 1_000);
    this.stages.push({ name, startedSeconds: round((begun - this.started) / 1_000), seconds, outcome, text });
    const mark = outcome === 'passed' ? styleText('green', '✓') : styleText('red', '✗');
    const [first, ...rest] = text.split('\n');
    const clear = stdout.isTTY ? '\r\x1b[2K' : '';
    stdout.write(
      `${clear}  ${styleText('dim', this.clock(begun))}  ${mark}  ${name.padEnd(34)} ${first} ${styleText('dim', `(${seconds} s)`)}\n`,
    );
    for (const line of rest) stdout.write(`${' '.repeat(16)}${line}\n`);
  }

  /** Minutes and seconds since the start, `0:07.3`. */
  private clock(at: number): string {
    const seconds = (at - this.started) / 1_000;
    return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, '0')}`;
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
