import { expect, jest, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { parsePolicy } from '../../../core/policy/index.ts';
import { holdToObjectives } from '../../../lib/checks/objectives.ts';
import { newStack } from '../synthesise.ts';

/** What the synth fails with. */
function failure(rpo: string, instance = {}): string {
  // CDK prints what it finds.
  jest.spyOn(console, 'error').mockImplementation(() => {});
  const policy = parsePolicy({
    objectives: { rpo },
    cloud: { databases: { main: { kind: 'instance', engineVersion: '17.6', ...instance } } },
  });
  if (!policy.cloud) throw new Error('the policy has a cloud');
  const stack = newStack();
  holdToObjectives(stack, policy.cloud, policy.objectives, new Date('2026-11-21T00:00:00Z'));
  try {
    App.of(stack)?.synth();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

test('an RPO out of reach of the copies fails the synth and says what would meet it', () => {
  expect(failure('290m', { replicateAutomatedBackups: false })).toContain(
    "main: an RPO of 290m cannot be met in ap-northeast-3, where the worst case is 5h; replicateAutomatedBackups: true would give 5m, or every: '160m' would give 280m (fukugen plan shows how it comes about)",
  );
});

test('an RPO out of reach in both Regions is named for each', () => {
  const message = failure('1m');
  for (const region of ['ap-northeast-1', 'ap-northeast-3']) {
    expect(message).toContain(
      `main: an RPO of 1m cannot be met in ${region}, where the worst case is 5m; write an RPO of 5m or more`,
    );
  }
});

test('an RPO that is met lets the synth pass', () => {
  expect(failure('6h')).toBe('');
});
