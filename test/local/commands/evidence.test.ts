import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../core/evidence/canonical.ts';
import { digestOf } from '../../../core/integrity/digest.ts';
import { reportEvidence, verifyEvidence } from '../../../local/commands/evidence.ts';
import { type ObjectStore, startObjectStore } from '../../../rehearsal/object-store.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';
import { sampleFacts, sampleFingerprint } from '../../helpers/sample-drill.ts';
import { failedDrill, storedChain } from '../../helpers/sample-history.ts';

const fingerprints = canonicalJson({ shop: sampleFingerprint() });
const fingerprintsKey = 'fingerprints/ap-northeast-1/main/drill-2026-11.json';
const stored = storedChain([
  sampleFacts(),
  { ...failedDrill(), fingerprints: { key: fingerprintsKey, sha256: digestOf(fingerprints) } },
]);
const [firstKey, secondKey] = stored.map(({ key }) => key) as [string, string];
const newest = digestOf(stored[1]?.text ?? '');
const objects: [string, string][] = [
  ...stored.map(({ key, text }): [string, string] => [key, text]),
  [fingerprintsKey, fingerprints],
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-evidence-'));
  for (const [key, text] of objects) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), text);
  }
});
afterEach(() => rm(folder, { recursive: true }));

describe('evidence verify, of a downloaded folder', () => {
  test('given it is as it was written, tells each chain and the hash of its newest record', async () => {
    const { status, json, text } = await verifyEvidence([folder], {});
    expect(status).toBe(0);
    expect(json).toMatchObject({
      intact: true,
      chains: [{ database: 'main', region: 'ap-northeast-1', records: 2, newest }],
    });
    expect(text).toMatch(/^main +ap-northeast-1 +2 +intact +[0-9a-f]{64}$/m);
    expect(text).not.toContain('next:');
  });

  test('given only the records were downloaded, walks them all the same', async () => {
    expect((await verifyEvidence([join(folder, 'evidence')], {})).status).toBe(0);
  });

  test('given a changed record, names it and ends with 4', async () => {
    const text = stored[0]?.text.replace('"hand"', '"schedule"').replace('db.t4g.medium', 'db.t4g.micro') ?? '';
    await writeFile(join(folder, firstKey), text);
    const outcome = await verifyEvidence([folder], {});
    expect(outcome.status).toBe(4);
    expect(outcome.text).toContain(`changed: ${firstKey}: its contents do not fit its seal`);
    expect(outcome.text).toContain(`broken: ${secondKey}: ${firstKey} is not what it was when this was written`);
    expect(outcome.text).toContain('aws s3api list-object-versions --bucket BUCKET --prefix KEY');
  });

  test('given changed fingerprints, names them', async () => {
    await writeFile(join(folder, fingerprintsKey), `${fingerprints} `);
    expect((await verifyEvidence([folder], {})).text).toContain(
      `changed: ${fingerprintsKey}: it is not what it was when its record was written`,
    );
  });

  test('given fingerprints that are gone, names them', async () => {
    await rm(join(folder, fingerprintsKey));
    expect((await verifyEvidence([folder], {})).text).toContain(
      `missing: ${fingerprintsKey}: it is named by a record, and is not there`,
    );
  });

  test('given a hash that was noted, finds out when its record was cut off', async () => {
    expect((await verifyEvidence([folder], { holds: [newest] })).status).toBe(0);
    await rm(join(folder, secondKey));
    const outcome = await verifyEvidence([folder], { holds: [newest] });
    expect(outcome.status).toBe(4);
    expect(outcome.text).toContain(`missing: no record has the SHA-256 ${newest}`);
  });

  test('given the same chain twice, as replication leaves it, tells it once', async () => {
    const shorter = join(folder, 'replica');
    await mkdir(dirname(join(shorter, firstKey)), { recursive: true });
    await writeFile(join(shorter, firstKey), stored[0]?.text ?? '');
    await rm(join(folder, fingerprintsKey.split('/')[0] ?? ''), { recursive: true });
    expect((await verifyEvidence([shorter, join(folder, 'evidence')], {})).json).toMatchObject({
      intact: true,
      chains: [{ records: 2, newest }],
    });
  });

  test('given two that disagree, says so', async () => {
    const other = await mkdtemp(join(tmpdir(), 'fukugen-other-'));
    const [first] = storedChain([{ ...sampleFacts(), drill: 'another' }]);
    await mkdir(dirname(join(other, firstKey)), { recursive: true });
    await writeFile(join(other, firstKey), first?.text ?? '');
    const outcome = await verifyEvidence([folder, other], {});
    await rm(other, { recursive: true });
    expect(outcome.status).toBe(4);
    expect(outcome.text).toContain(
      `foreign: evidence/ap-northeast-1/main: 1 of its records in ${other} are not in ${folder}`,
    );
  });

  test('with --dry-run says what it would read', async () => {
    expect((await verifyEvidence([folder], { dryRun: true })).text).toBe(`would verify the evidence in ${folder}`);
  });
});

describe('evidence report', () => {
  test('writes one file in the language that was asked for', async () => {
    const out = join(folder, 'report.html');
    const outcome = await reportEvidence([folder], { out, language: 'ja', timezone: 'Asia/Tokyo' });
    expect(outcome).toMatchObject({ status: 0, json: { report: out, records: 2, intact: true } });
    expect(await readFile(out, 'utf8')).toMatch(/<html lang="ja">.*復元訓練 報告書.*不合格/s);
  });

  test('given a chain that is damaged, draws what is there and ends with 4', async () => {
    await rm(join(folder, firstKey));
    const out = join(folder, 'report.html');
    const outcome = await reportEvidence([folder], { out });
    expect(outcome.status).toBe(4);
    expect(outcome.text).toBe(`${out} tells of 1 records; something is wrong with them: fukugen evidence verify`);
    expect(await readFile(out, 'utf8')).toContain('before it, 1 is missing');
  });

  test('of one drill shows that one', async () => {
    const out = join(folder, 'report.html');
    await expect(reportEvidence([folder], { out, drill: 'unknown' })).rejects.toThrow(
      'no record is of the drill unknown',
    );
    expect((await reportEvidence([folder], { out, drill: 'drill-2026-11' })).status).toBe(0);
  });

  test('with --dry-run writes nothing', async () => {
    const out = join(folder, 'report.html');
    await reportEvidence([folder], { out, dryRun: true });
    await expect(readFile(out)).rejects.toThrow('ENOENT');
  });

  test('says when the file cannot be written', async () => {
    await expect(reportEvidence([folder], { out: join(folder, 'no', 'r.html') })).rejects.toThrow(/cannot be written/);
  });
});

describe('what makes no sense is refused in a sentence', () => {
  test.each<[string, string[], object, RegExp]>([
    ['a folder that is not there', ['/nowhere/at/all'], {}, /^there is no folder \/nowhere\/at\/all$/],
    ['another scheme', ['https://x/y'], {}, /^https:\/\/x\/y is neither a folder nor s3:\/\/BUCKET$/],
    [
      'a part of a bucket',
      ['s3://b/evidence/r/main'],
      {},
      /names a part of the evidence, and a chain can only be read whole$/,
    ],
    ['an unknown language', ['.'], { language: 'fr' }, /^--language fr: write en or ja$/],
    ['an unknown timezone', ['.'], { timezone: 'Mars' }, /^--timezone Mars: write one such as Asia\/Tokyo$/],
  ])('%s', async (_, places, options, message) => {
    await expect(reportEvidence(places, { out: '/dev/null', ...options })).rejects.toThrow(message);
  });

  test('a folder without records', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    await expect(verifyEvidence([empty], {})).rejects.toThrow(`there is no record of a drill in ${empty}`);
  });

  test('a policy without a cloud part, and one without an account', async () => {
    const config = join(folder, 'policy.yaml');
    await writeFile(
      config,
      'local: { sources: { a: { kind: directory, path: . } }, stores: { b: { kind: generations, path: x } } }',
    );
    await expect(verifyEvidence([], { config })).rejects.toThrow(
      `${config} has no cloud part, so it says of no evidence where it is`,
    );
    await writeFile(config, 'cloud: { databases: { main: { kind: instance, engineVersion: "17.6" } } }');
    await expect(verifyEvidence([], { config })).rejects.toThrow(
      `${config} names no account, which the names of the evidence buckets end in`,
    );
    expect((await verifyEvidence([], { config, account: '111122223333', dryRun: true })).text).toBe(
      'would verify the evidence in s3://fukugen-evidence-111122223333-ap-northeast-1 and s3://fukugen-evidence-111122223333-ap-northeast-3',
    );
  });
});

describe('evidence in a bucket', () => {
  let store: ObjectStore;
  let workspace: LocalWorkspace;
  let s3: S3Client;
  beforeAll(async () => {
    store = await startObjectStore();
    const { accessKeyId, secretAccessKey } = store;
    workspace = await LocalWorkspace.open({
      sources: { work: { kind: 'directory', path: 'work' } },
      stores: { disk: { kind: 'generations', path: 'store' } },
    });
    Object.assign(workspace.environment, {
      AWS_ENDPOINT_URL: store.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      NODE_EXTRA_CA_CERTS: store.certificateFile,
    });
    s3 = new S3Client({
      endpoint: store.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
      requestHandler: { httpsAgent: new Agent({ ca: await readFile(store.certificateFile) }) },
    });
    for (const [Key, Body] of objects) await s3.send(new PutObjectCommand({ Bucket: store.bucket, Key, Body }));
  });
  afterAll(async () => {
    s3.destroy();
    await store[Symbol.asyncDispose]();
    await workspace[Symbol.asyncDispose]();
  });

  test('is walked with the environment’s credentials', async () => {
    const answer = await workspace.run(['evidence', 'verify', `s3://${store.bucket}`, '--json']);
    expect({ status: answer.status, stderr: answer.stderr }).toEqual({ status: 0, stderr: '' });
    expect(answer.json).toMatchObject({
      intact: true,
      chains: [{ records: 2, newest }],
    });
  });

  test('that may not be read is a sentence and status 7', async () => {
    const answer = await workspace.run(['evidence', 'verify', `s3://${store.bucket}`], {
      environment: { AWS_SECRET_ACCESS_KEY: 'wrong' },
    });
    expect(answer.status).toBe(7);
    expect(answer.stderr).toMatch(/^fukugen: s3:\/\/fukugen-rehearsal cannot be read: .+\n {2}next: /);
  });

  test('an option of a subcommand that does not exist is status 2', async () => {
    expect((await workspace.run(['evidence', 'verify', '--nonsense'])).status).toBe(2);
  });
});
