import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly 'timeout-minutes'?: number;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const files = globSync('.github/workflows/*', { cwd: root }).sort();
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

test('there are a check, a diff and a deployment', () => {
  expect(files).toEqual(['check', 'deploy', 'diff'].map((name) => `.github/workflows/${name}.yml`));
});

describe.each(files)('%s', (file) => {
  const text = readFileSync(root + file, 'utf8');
  const workflow: Workflow = parse(text);
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps ?? []);

  test('is a workflow to the parser of GitHub, expressions included', () => {
    const { context } = parseWorkflow({ name: file, content: text }, new NoOperationTraceWriter());
    expect(context.errors.getErrors().map(String)).toEqual([]);
  });

  test('pins every action by its commit, and says which version that is', () => {
    const lines = text.split('\n').filter((line) => /^\s*(- )?uses: (?!\.\/)/.test(line));
    expect(lines.length).toBe(steps.filter((step) => step.uses).length);
    for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+(\.\d+\.\d+)?$/);
  });

  test('declares what it may do, and writes nothing by default', () => {
    expect(Object.values(workflow.permissions ?? { missing: 'write' }).filter((right) => right !== 'read')).toEqual([]);
  });

  test('ends by itself, and does not run beside itself', () => {
    expect(jobs.filter((job) => !job.uses && !job['timeout-minutes'])).toEqual([]);
    expect(workflow.concurrency?.group).toEqual(expect.stringMatching(/\S/));
  });

  test('leaves no credentials of GitHub on the disk', () => {
    const checkouts = steps.filter((step) => step.uses?.startsWith('actions/checkout@'));
    for (const step of checkouts) expect(step.with?.['persist-credentials']).toBe(false);
  });

  test('runs no code of a stranger with rights of this repository, and knows no secret', () => {
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
    expect(Object.keys(workflow.on)).not.toContain('workflow_run');
    expect(text).not.toMatch(/secrets\s*[.[]|secrets: inherit|aws-(access-key-id|secret-access-key)/);
  });

  test('puts nothing that a stranger can write into a shell or a script', () => {
    for (const { run, with: given } of steps)
      expect(`${run ?? ''}${given?.script ?? ''}`).not.toContain('${'.concat('{'));
  });

  test('calls only scripts that package.json has', () => {
    const called = steps.flatMap(({ run = '' }) =>
      [...run.matchAll(/\bnpm (?:run (?:-s )?)?(?!run\b|ci\b)([\w:-]+)/g)].map((match) => match[1] as string),
    );
    expect(called.length).toBeGreaterThan(0);
    for (const name of called) expect(scripts).toHaveProperty([name]);
  });
});

test('a job that can take a role of AWS runs the code of the target branch, or of main in the protected environment', () => {
  const all = files.flatMap((file) => {
    const workflow: Workflow = parse(readFileSync(root + file, 'utf8'));
    return Object.entries(workflow.jobs).map(([name, job]) => ({ file, name, job }));
  });
  const trusted = all.filter(({ job }) => job.permissions?.['id-token'] === 'write');
  expect(trusted.map(({ name }) => name)).toEqual(['deploy', 'diff']);
  const [deploy, diff] = trusted.map(({ job }) => job);
  expect(deploy?.environment).toBe('production');
  const checkout = diff?.steps?.find((step) => step.uses?.startsWith('actions/checkout@'));
  expect(checkout?.with?.ref).toMatch(/github\.event\.pull_request\.base\.sha/);
  const diffScript = diff?.steps?.map((step) => step.run ?? '').join('\n');
  expect(diffScript).toContain('--method=template --fail-on=destructive');
});

test('the check runs both commands of the README', () => {
  const { jobs }: Workflow = parse(readFileSync(`${root}.github/workflows/check.yml`, 'utf8'));
  const runs = jobs.check?.steps?.map((step) => step.run);
  expect(runs).toEqual(expect.arrayContaining(['npm test', 'npm run rehearse']));
});

test('the parser of GitHub refuses what is no workflow', () => {
  const content = 'on: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    timeout: 5\n    steps:\n      - run: true\n';
  const { context } = parseWorkflow({ name: 'wrong.yml', content }, new NoOperationTraceWriter());
  expect(context.errors.getErrors().map(String).join()).toContain("Unexpected value 'timeout'");
});

test('the policies that docs/ci.md gives each role are JSON, trust one subject each, and know no wildcard', () => {
  const page = readFileSync(`${root}docs/ci.md`, 'utf8');
  const policies = [...page.matchAll(/```json\n(.*?)```/gs)].map((match) => match[1] as string);
  const subjects = policies.flatMap((policy) => {
    const [statement] = JSON.parse(policy).Statement;
    return statement.Condition?.StringEquals['token.actions.githubusercontent.com:sub'] ?? [];
  });
  expect(subjects).toEqual(['repo:ORG/REPO:pull_request', 'repo:ORG/REPO:environment:production']);
  for (const policy of policies) expect(policy).not.toContain('*');
});
