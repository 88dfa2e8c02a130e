import { describe, expect, test } from '@jest/globals';
import { Timeline } from '../../rehearsal/timeline.ts';

describe('Timeline', () => {
  test('records what passed and hands its result on', async () => {
    const timeline = new Timeline(new AbortController().signal);
    expect(await timeline.stage('count', async () => ['found three', 3])).toBe(3);
    expect(timeline.stages).toMatchObject([{ name: 'count', outcome: 'passed', text: 'found three' }]);
  });

  test('records what failed and throws it on', async () => {
    const timeline = new Timeline(new AbortController().signal);
    const failing = timeline.stage('break', async () => {
      throw new Error('it broke');
    });
    await expect(failing).rejects.toThrow('it broke');
    expect(timeline.stages).toMatchObject([{ name: 'break', outcome: 'failed', text: 'it broke' }]);
  });

  test('given a stop on request, no further stage begins', async () => {
    const stop = new AbortController();
    const timeline = new Timeline(stop.signal);
    stop.abort(new Error('stopped'));
    let begun = false;
    const next = timeline.stage('next', async () => {
      begun = true;
      return ['', undefined];
    });
    await expect(next).rejects.toThrow('stopped');
    expect(begun).toBe(false);
  });
});
