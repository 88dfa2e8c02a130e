/**
 * The CDK app. `cdk synth` builds what backup.config.ts declares; `-c config=path` names another policy, from the folder
 * of cdk.json.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { FukugenError } from '../core/errors.ts';
import { loadPolicy } from '../core/policy/index.ts';
import { holdToObjectives } from '../lib/checks/objectives.ts';
import { declareCloud } from '../lib/cloud.ts';
import { ownChecksOrError } from '../lib/own-checks.ts';

// Not by itself at exit: after a mistake in the policy there is nothing to write.
const app = new App({ autoSynth: false });
try {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { policy, file } = await loadPolicy(root, app.node.tryGetContext('config') ?? 'backup.config.ts');
  if (!policy.cloud) {
    throw new FukugenError('policy', `${file} declares no cloud, so there is nothing to build in AWS`, {
      next: 'add a cloud section as in examples/team-on-rds/backup.config.ts, or name another policy with -c config=path',
    });
  }
  const now = new Date();
  const ownChecks = ownChecksOrError(app, policy.cloud, dirname(file));
  declareCloud(app, policy.name, policy.cloud, now, policy.language, {
    objectives: policy.objectives,
    ownChecks,
  });
  holdToObjectives(app, policy.cloud, policy.objectives, now);
  app.synth();
} catch (error) {
  if (!(error instanceof FukugenError)) throw error;
  process.stderr.write(`fukugen: ${error.message}\n${error.next ? `${error.next}\n` : ''}`);
  process.exitCode = 1;
}
