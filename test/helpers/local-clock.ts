import { jest } from '@jest/globals';

/** Sets the clock of this process to a moment and leaves everything else that waits as it is; `jest.useRealTimers` sets it right again. */
export function setClock(now: number): void {
  jest.useFakeTimers({
    now,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
}
