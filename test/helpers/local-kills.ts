import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from '@jest/globals';
import { send } from './local-processes.ts';
import { SeededRandom } from './local-random.ts';
import type { LocalWorkspace } from './local-workspace.ts';

const watcher = pathToFileURL(join(import.meta.dirname, 'kill-at-step.ts')).href;

/**
 * What makes a run write its steps down, and end at one of them; see `kill-at-step.ts`.
 *
 * @param at - @default - it lives
 */
export function watchedSteps(list: string, at = ''): Record<string, string> {
  return { NODE_OPTIONS: `--import=${watcher}`, KILL_STEPS: list, KILL_AT: at };
}

/** How a command goes that nobody kills. */
export interface Life {
  readonly command: readonly string[];
  readonly milliseconds: number;
  /** See `kill-at-step.ts`. */
  readonly steps: readonly string[];
}

/** Ends commands of a workspace by SIGKILL, half of them at a random moment by the clock, half at one of their steps. */
export class Kills {
  readonly random = new SeededRandom();
  private readonly workspace: LocalWorkspace;
  private readonly list: string;

  constructor(workspace: LocalWorkspace) {
    this.workspace = workspace;
    this.list = workspace.path('steps');
  }

  /** Lets a command live. */
  async measure(...command: string[]): Promise<Life> {
    await rm(this.list, { force: true });
    const start = performance.now();
    const { status, all } = await this.workspace.run([...command, '--verbose'], {
      environment: watchedSteps(this.list),
    });
    expect([command, status, status === 0 ? '' : all]).toEqual([command, 0, '']);
    return { command, milliseconds: Math.ceil(performance.now() - start), steps: await this.steps() };
  }

  /** @returns what was hit, for the message of a test that fails */
  async atRandom(life: Life): Promise<string> {
    return this.random.from([true, false]) ? this.byTheClock(life) : this.atStep(life, /^/);
  }

  /**
   * At one of the steps that match, alone or with all that it started.
   *
   * @param side - @default either
   */
  async atStep(life: Life, step: RegExp, side = this.random.from(['before', 'after'])): Promise<string> {
    const matching = [...life.steps.keys()].filter((index) => step.test(life.steps[index] as string));
    expect([step, matching.length > 0]).toEqual([step, true]);
    const index = this.random.from(matching);
    const whole = this.random.from(['', 'group']);
    const environment = watchedSteps(this.list, `${index + 1} ${side} ${whole}`);
    await rm(this.list, { force: true });
    const { status } = await this.workspace.run([...life.command, '--verbose'], { environment });
    const last = (await this.steps()).at(-1);
    return this.hit(life, `${whole || 'process'} ${side} step ${index + 1}, ${last}`, status);
  }

  private async byTheClock(life: Life): Promise<string> {
    const moment = this.random.below(life.milliseconds);
    const whole = this.random.from([true, false]);
    const running = this.workspace.start(life.command);
    const clock = setTimeout(() => send('SIGKILL', whole ? -running.id : running.id), moment);
    const { status } = await running.ended;
    clearTimeout(clock);
    const what = `${whole ? 'group' : 'process'} after ${moment} ms of ${life.milliseconds}`;
    return this.hit(life, what, status);
  }

  private hit({ command }: Life, what: string, status: number): string {
    return `seed ${this.random.seed}: ${command.join(' ')}, ${what}, status ${status}`;
  }

  private async steps(): Promise<string[]> {
    return (await readFile(this.list, 'utf8')).split('\n').filter(Boolean);
  }
}
