import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-app-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Nothing of this shell: no credentials, no Region, no CDK_VALIDATION, and a home without an AWS profile. */
function environment(own: Record<string, string> = {}) {
  return { PATH: `${root}node_modules/.bin:${process.env.PATH}`, HOME: folder, ...own };
}

/** Runs the app as the CDK command line does. */
async function runApp(policy: string, file = 'backup.config.yaml') {
  const config = join(folder, file);
  if (policy) await writeFile(config, policy);
  const outdir = join(folder, 'app.out');
  const result = await execa('node', ['bin/app.ts'], {
    cwd: root,
    extendEnv: false,
    reject: false,
    env: environment({ CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ config }) }),
  });
  return { exitCode: result.exitCode, stderr: result.stderr, config, outdir };
}

describe('cdk synth', () => {
  test('builds the policy of this repository offline, without credentials, and its strict validation finds nothing', async () => {
    const outdir = join(folder, 'synth.out');
    const { stdout, stderr } = await execa('cdk', ['synth', '--quiet', '--output', outdir, '--no-notices'], {
      cwd: root,
      extendEnv: false,
      env: environment({ AWS_EC2_METADATA_DISABLED: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true' }),
    });
    expect(`${stdout}${stderr}`).toContain('Successfully synthesized');
    expect(`${stdout}${stderr}`).not.toMatch(/warning|deprecated/i);
    expect((await readdir(outdir)).filter((file) => file.endsWith('.template.json')).sort()).toEqual([
      'Backup.template.json',
      'Database.template.json',
      'Replica.template.json',
      'ReplicaWatch.template.json',
      'Watch.template.json',
    ]);
    const { pluginReports } = JSON.parse(await readFile(join(outdir, 'validation-report.json'), 'utf8'));
    expect(pluginReports.map((report: { conclusion: string }) => report.conclusion)).toEqual(['success']);
    expect(pluginReports[0].violations).toEqual([]);
  });
});

describe('a policy that cannot be built ends in a sentence, not a stack trace, and a failed synth:', () => {
  test('there is none', async () => {
    const { exitCode, stderr, config } = await runApp('', 'nowhere.yaml');
    expect(stderr).toMatch(`fukugen: there is no policy at ${config}\n`);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(1);
  });

  test('it declares nothing in the cloud', async () => {
    const { exitCode, stderr, config } = await runApp(
      'local: { sources: { notes: { kind: directory, path: /notes } }, stores: { disk: { kind: generations, path: /backup } } }',
    );
    expect(stderr).toBe(
      `fukugen: ${config} declares no cloud, so there is nothing to build in AWS\n` +
        'add a cloud section as in examples/team-on-rds/backup.config.ts, or name another policy with -c config=path',
    );
    expect(exitCode).toBe(1);
  });

  test('it has mistakes', async () => {
    const { exitCode, stderr } = await runApp(
      'cloud: { databases: { main: { kind: instance, engineVersion: "9.6" } } }',
    );
    expect(stderr).toMatch(/has 1 mistake:\n {2}cloud\.databases\.main\.engineVersion: received "9\.6"; /);
    expect(exitCode).toBe(1);
  });

  test('a window has no clear place', async () => {
    const { exitCode, stderr, outdir } = await runApp(
      'cloud: { cadence: { every: 2h }, databases: { main: { kind: instance, engineVersion: "17.6" } } }',
    );
    expect(stderr).toMatch(
      /^fukugen: the windows of the policy have 1 mistake:\n {2}cloud\.cadence: received every "2h"/,
    );
    expect(exitCode).toBe(1);
    expect(await readdir(outdir)).toEqual([]);
  });
});
