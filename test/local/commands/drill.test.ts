import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type DrillOptions, drill } from '../../../local/commands/drill.ts';

let folder: string;
let config: string;
const path = process.env.PATH;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-drill-'));
  config = join(folder, 'policy.yaml');
  const main = { kind: 'instance', engineVersion: '17.6' };
  const orders = { kind: 'cluster', engineVersion: '17.6' };
  await writeFile(
    config,
    JSON.stringify({ name: 'shop', cloud: { account: '111122223333', databases: { main, orders } } }),
  );
  // An `aws` that notes what it was given, one argument a line, and whether it has its credentials.
  const aws = `#!/bin/sh
printf '%s\\n' "$@" > '${folder}/arguments'
echo "$AWS_PROFILE" > '${folder}/profile'
if [ -e '${folder}/refuse' ]; then echo 'An error occurred (AccessDeniedException)' >&2; exit 254; fi
echo '{"executionArn": "arn:aws:states:ap-northeast-1:111122223333:execution:shop-drill:1"}'
`;
  await writeFile(join(folder, 'aws'), aws);
  await chmod(join(folder, 'aws'), 0o755);
  Object.assign(process.env, { PATH: `${folder}:${path}`, AWS_PROFILE: 'shop-admin' });
});
afterEach(async () => {
  process.env.PATH = path;
  delete process.env.AWS_PROFILE;
  await rm(folder, { recursive: true });
});

const run = (names: string[], options: Partial<DrillOptions> = {}) =>
  drill(names, { cloud: true, place: 'primary', config, ...options }, new AbortController().signal);
const given = async () => (await readFile(join(folder, 'arguments'), 'utf8')).trimEnd().split('\n');

describe('drill --cloud', () => {
  test('prints the command for every database, and runs nothing', async () => {
    const { status, text, isAnswer } = await run([]);
    expect({ status, isAnswer }).toEqual({ status: 0, isAnswer: true });
    expect(text).toBe(
      "aws stepfunctions start-execution --region ap-northeast-1 --state-machine-arn arn:aws:states:ap-northeast-1:111122223333:stateMachine:shop-drill --input '{}'",
    );
    await expect(given()).rejects.toThrow('ENOENT');
  });

  test('prints a command that a shell reads as it was meant', async () => {
    const { text, json } = await run(['main'], { source: 'point-in-time', keep: '90m' });
    await promisify(execFile)('sh', ['-c', text], { env: { ...process.env } });
    const words = await given();
    expect(JSON.parse(words.at(-1) ?? '')).toEqual({
      databases: [{ name: 'main', source: 'point-in-time' }],
      keepHours: 1.5,
    });
    expect(json).toMatchObject({ started: false, input: JSON.parse(words.at(-1) ?? '') });
  });

  test('in the replica Region names the machine there', async () => {
    const { text } = await run(['orders'], { place: 'replica', source: 'copy' });
    expect(text).toContain('--region ap-northeast-3 --state-machine-arn arn:aws:states:ap-northeast-3:111122223333:');
  });

  test('with --run starts it, with the environment’s credentials, and tells the execution', async () => {
    process.env.AWS_PROFILE = 'shop-admin';
    const { json, text } = await run(['main'], { run: true });
    expect(await given()).toEqual([
      ...['stepfunctions', 'start-execution', '--region', 'ap-northeast-1', '--state-machine-arn'],
      'arn:aws:states:ap-northeast-1:111122223333:stateMachine:shop-drill',
      ...['--input', '{"databases":[{"name":"main"}]}', '--output', 'json'],
    ]);
    expect(await readFile(join(folder, 'profile'), 'utf8')).toBe('shop-admin\n');
    const execution = 'arn:aws:states:ap-northeast-1:111122223333:execution:shop-drill:1';
    expect(json).toMatchObject({ started: true, execution });
    expect(text).toBe(`started ${execution}`);
  });

  test('with --run that AWS refuses, ends with what it said', async () => {
    await writeFile(join(folder, 'refuse'), '');
    await expect(run([], { run: true })).rejects.toMatchObject({
      code: 'store',
      message: 'aws ended with status 254: An error occurred (AccessDeniedException)',
    });
  });

  test('with --run and --dry-run starts nothing', async () => {
    expect((await run([], { run: true, dryRun: true })).json).toMatchObject({ started: false });
    await expect(given()).rejects.toThrow('ENOENT');
  });
});

describe('what makes no sense is refused before anything runs', () => {
  test.each<[string, string[], Partial<DrillOptions>, string]>([
    ['no --cloud', [], { cloud: false }, 'drills of the policy’s databases run in AWS'],
    ['an unknown place', [], { place: 'moon' }, '--place moon: write primary or replica'],
    ['an account that is none', [], { account: '12' }, '--account 12: write its twelve digits'],
    [
      'unknown databases',
      ['x', 'y'],
      {},
      'there is no database x; write main or orders\nthere is no database y; write main or orders',
    ],
    [
      'a source of the other Region',
      ['main'],
      { source: 'copy' },
      '--source copy: in the primary Region main is restored from latest, random, point-in-time; add --place replica',
    ],
    [
      'a point in time where there is none',
      ['orders'],
      { source: 'point-in-time', place: 'replica' },
      '--source point-in-time: in the replica Region orders is restored from copy, random; add --place primary',
    ],
    [
      'a source of neither Region',
      ['main'],
      { source: 'tape' },
      '--source tape: in the primary Region main is restored from latest, random, point-in-time',
    ],
    ['a scratch for too long', [], { keep: '4d' }, '--keep 4d: write a length of time up to 72h, such as 4h'],
    ['a length that is none', [], { keep: 'long' }, '--keep long: write a length of time up to 72h, such as 4h'],
  ])('%s', async (_, names, options, message) => {
    await expect(run(names, { ...options, run: true })).rejects.toMatchObject({ code: 'usage', message });
    await expect(given()).rejects.toThrow('ENOENT');
  });

  test('a policy without account, and one without drills', async () => {
    const databases = { main: { kind: 'instance', engineVersion: '17.6' } };
    await writeFile(config, JSON.stringify({ cloud: { databases } }));
    await expect(run([])).rejects.toThrow(`${config} names no account`);
    await writeFile(config, JSON.stringify({ cloud: { drills: false, databases } }));
    await expect(run([])).rejects.toThrow(`${config} declares no drills`);
  });
});
