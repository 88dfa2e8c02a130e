import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { loadPolicy } from '../../core/policy/index.ts';
import { declareCloud } from '../../lib/cloud.ts';
import { newApp } from './synthesise.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = globSync('examples/*/backup.config.{ts,yaml,yml}', { cwd: root });

test('there are examples', () => {
  expect(examples).toContain('examples/team-on-rds/backup.config.ts');
});

test.each(examples)('%s is a policy, and what it declares in the cloud synthesises', async (file) => {
  const { policy } = await loadPolicy(root, file);
  if (!policy.cloud) return;
  const app = newApp();
  declareCloud(app, policy.name, policy.cloud);
  expect(app.synth().stacks.map((stack) => stack.stackName)).toEqual(
    [
      ...['replica', 'settings', 'database', 'replica-drill', 'replica-watch', 'secrets', 'backup', 'drill', 'uploads'],
      'watch',
    ].map((kind) => `${policy.name}-${kind}`),
  );
});
