import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import type { Json } from '../../lambda/exporter/host.ts';
import { redactForms } from '../../lambda/exporter/redact.ts';

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

const hasCfnLint =
  process.env.FUKUGEN_THOROUGH === '1' && (await execa('cfn-lint', ['--version'], { reject: false })).exitCode === 0;

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
      'Drill.template.json',
      'Replica.template.json',
      'ReplicaDrill.template.json',
      'ReplicaWatch.template.json',
      'Watch.template.json',
    ]);
    const { pluginReports } = JSON.parse(await readFile(join(outdir, 'validation-report.json'), 'utf8'));
    expect(pluginReports.map((report: { conclusion: string }) => report.conclusion)).toEqual(['success']);
    expect(pluginReports[0].violations).toEqual([]);
    // Every function is bundled, most of them with the SDK, which takes minutes on a machine that is busy.
  }, 240_000);
});

describe('the example of a team on RDS', () => {
  interface Synth {
    readonly templates: Record<string, string>;
    readonly regions: Record<string, string>;
    readonly stderr: string;
    readonly report: { pluginName: string; conclusion: string; violations: unknown[] }[];
  }
  let synths: Synth[];

  /** As the CDK command line runs the app, without bundling the functions. */
  async function synthesise(outdir: string): Promise<Synth> {
    const { context } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8'));
    const own = { config: 'examples/team-on-rds/backup.config.ts', 'aws:cdk:bundling-stacks': [] };
    const { stderr } = await execa('node', ['bin/app.ts'], {
      cwd: root,
      extendEnv: false,
      env: environment({ CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...own }) }),
    });
    const read = (file: string) => readFile(join(outdir, file), 'utf8');
    const files = (await readdir(outdir)).filter((file) => file.endsWith('.template.json'));
    const { artifacts } = JSON.parse(await read('manifest.json')) as {
      artifacts: Record<string, { environment?: string }>;
    };
    return {
      templates: Object.fromEntries(await Promise.all(files.map(async (file) => [file, await read(file)] as const))),
      regions: Object.fromEntries(
        Object.entries(artifacts).flatMap(([id, { environment }]) =>
          environment ? [[`${id}.template.json`, environment.split('/').at(-1) as string]] : [],
        ),
      ),
      stderr,
      report: JSON.parse(await read('validation-report.json')).pluginReports,
    };
  }

  beforeAll(async () => {
    synths = await Promise.all(['first.out', 'second.out'].map((name) => synthesise(join(folder, name))));
  }, 120_000);

  test('synthesises for both Regions offline, and neither strict validation nor the security rules say a word', () => {
    const [{ templates, regions, stderr, report }] = synths as [Synth, Synth];
    expect(new Set(Object.keys(templates).map((file) => regions[file]))).toEqual(
      new Set(['ap-northeast-1', 'ap-northeast-3']),
    );
    expect(Object.keys(templates)).toEqual(expect.arrayContaining(['Uploads.template.json', 'Settings.template.json']));
    expect(stderr).toBe('');
    expect(report).toContainEqual(expect.objectContaining({ pluginName: 'CloudFormation Validate' }));
    for (const { conclusion, violations } of report) expect([conclusion, violations]).toEqual(['success', []]);
  });

  // Ten templates take it half a minute on a busy machine.
  (hasCfnLint ? test : test.skip)(
    'is clean for cfn-lint as this repository sets it, where that is installed',
    async () => {
      const [{ templates }] = synths as [Synth, Synth];
      const files = Object.keys(templates).map((file) => join(folder, 'first.out', file));
      const { exitCode, stdout } = await execa('cfn-lint', ['--config-file', '.cfnlintrc.yaml', ...files], {
        cwd: root,
        reject: false,
      });
      expect([exitCode, stdout]).toEqual([0, '']);
    },
    300_000,
  );

  test('gives the same bytes again', () => {
    const [first, second] = synths as [Synth, Synth];
    expect(Object.keys(second.templates)).toEqual(Object.keys(first.templates));
    for (const [file, text] of Object.entries(first.templates)) expect(second.templates[file]).toBe(text);
  });

  test('holds no secret: none is resolved, none is set, and nothing has the form of one', () => {
    const [{ templates }] = synths as [Synth, Synth];
    for (const [file, text] of Object.entries(templates)) {
      expect([file, text.match(/\{\{resolve:|(?<!Manage)MasterUserPassword"|"SecretString"/g)]).toEqual([file, null]);
      const template = JSON.parse(text) as Json;
      expect(redactForms(template)).toEqual(template);
    }
    expect(redactForms({ webhook: 'https://hooks.slack.com/services/T0/B0/x' })).toEqual({ webhook: '(redacted)' });
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
    expect(stderr).toMatch(/has 1 mistake:\n {2}cloud\.cadence: .*every "2h" with startWindow "1h" leaves none; /);
    expect(exitCode).toBe(1);
    expect(await readdir(outdir)).toEqual([]);
  });
});
