import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { FukugenError } from '../../core/errors.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Synthesises a policy with its functions bundled, as `cdk synth` does, without the command line's own seconds and without
 * validation: `npm run synth` and the tests do that.
 *
 * @param policy - file of the policy, from the root of this repository
 * @param into - folder of the cloud assembly
 */
export async function synthesiseAssembly(policy: string, into: string): Promise<void> {
  // Only the command line reads cdk.json.
  const { context } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8')) as { context: object };
  const result = await execa(process.execPath, ['--disable-warning=ExperimentalWarning', 'bin/app.ts'], {
    cwd: root,
    env: {
      CDK_OUTDIR: into,
      // The command line asks for the metadata too: it says where the bundle of a function is.
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, config: policy, 'aws:cdk:enable-asset-metadata': true }),
      CDK_VALIDATION: 'false',
      NODE_OPTIONS: '',
    },
    reject: false,
    stdin: 'ignore',
  });
  if (result.exitCode !== 0) {
    throw new FukugenError('policy', `the synthesis of ${policy} ended with ${result.exitCode}: ${result.stderr}`);
  }
}
