import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ObjectStore, startObjectStore } from '../../../rehearsal/object-store.ts';
import { type Fault, FaultProxy } from '../../helpers/fault-proxy.ts';
import { SeededRandom } from '../../helpers/local-random.ts';
import { generationsIn } from '../../helpers/local-tree.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';
import { runs } from '../../helpers/thorough.ts';

let objects: ObjectStore;
let proxy: FaultProxy;
let workspace: LocalWorkspace;
let first: string;
const random = new SeededRandom();

/** In the words of S3: restic tells the sentence, rclone the code too. */
const faults = {
  'error 500': { status: 500, code: 'InternalError', message: 'We encountered an internal error. Please try again.' },
  'error 501': { status: 501, code: 'NotImplemented', message: 'A header you provided implies functionality.' },
  'error 503': { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' },
  'error 429': {
    status: 429,
    code: 'TooManyRequests',
    message: 'Reduce your concurrent request rate for the same object.',
    headers: { 'retry-after': '1' },
  },
  'connection cut while it is sent': { cut: 'request' },
  'connection cut while it is answered': { cut: 'answer' },
  'clock that is wrong': {
    status: 403,
    code: 'RequestTimeTooSkewed',
    message: 'The difference between the request time and the current time is too large.',
    headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
  },
  'line of 200 kB a second': { bytesPerSecond: 200_000 },
} as const satisfies Record<string, Fault>;

type Name = keyof typeof faults;
const names = Object.keys(faults) as Name[];

/** What each store is, and how its requests are told apart. */
const stores = {
  disk: () => ({ kind: 'generations', path: 'disk' }),
  offsite: () => ({
    kind: 'restic',
    repository: `s3:${proxy.url}/${objects.bucket}/restic`,
    password: 'env:PASSWORD',
    environment: { AWS_ACCESS_KEY_ID: 'env:KEY_ID', AWS_SECRET_ACCESS_KEY: 'env:KEY_SECRET' },
    caCertificate: 'certificate.pem',
  }),
  mirror: () => ({
    kind: 'rclone',
    remote: `r2:${objects.bucket}/rclone`,
    options: { type: 's3', provider: 'Other', endpoint: proxy.url, force_path_style: 'true' },
    secrets: { access_key_id: 'env:KEY_ID', secret_access_key: 'env:KEY_SECRET' },
    caCertificate: 'certificate.pem',
  }),
};

async function use(...chosen: (keyof typeof stores)[]): Promise<void> {
  await workspace.write({
    sources: { work: { kind: 'directory', path: 'work' } },
    stores: Object.fromEntries(chosen.map((name) => [name, stores[name]()])),
  });
}

async function change(): Promise<void> {
  const content = Buffer.from(Array.from({ length: 20_000 }, () => random.below(256)));
  for (const name of 'abcdefghijkl') await writeFile(workspace.path('work', name), `${name}${content}`);
}

/** Each of them once, apart enough that a request which is tried again gets through. @returns whether each happened, when asked */
function bringEachOnce(faultNames: readonly Name[], matching: RegExp): () => Name[] {
  faultNames.forEach((name, place) => {
    proxy.inject(faults[name], { matching, after: place * 2, times: 1 });
  });
  return () => {
    const hits = proxy.mend();
    return faultNames.filter((_, place) => hits[place] === 1);
  };
}

beforeAll(async () => {
  objects = await startObjectStore();
  proxy = await FaultProxy.open(objects.url);
  workspace = await LocalWorkspace.open(
    { sources: { work: { kind: 'directory', path: 'work' } }, stores: { disk: stores.disk() } },
    { PASSWORD: 'right', KEY_ID: objects.accessKeyId, KEY_SECRET: objects.secretAccessKey },
  );
  await copyFile(proxy.certificateFile, workspace.path('certificate.pem'));
  await mkdir(workspace.path('work'));
  await change();
  await use('offsite', 'mirror');
  expect(await workspace.run(['init'])).toMatchObject({ status: 0 });
  const { status, json } = await workspace.run(['backup', '--json']);
  expect(status).toBe(0);
  first = json.generation;
}, 60_000);

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await objects.stop();
  await workspace[Symbol.asyncDispose]();
});

describe('given a server that does everything wrong once', () => {
  it.each([
    ['offsite', 'restic'],
    ['mirror', 'rclone'],
  ] as const)(
    'when a generation is brought to %s and read again, then what failed is tried again, and nobody hears of it',
    async (store, folder) => {
      await use(store);
      await change();
      const sent = bringEachOnce(names, new RegExp(`^(PUT|POST) /[^/]+/${folder}/`));
      expect(await workspace.run(['backup'])).toMatchObject({ status: 0, stderr: '' });
      const happened = sent();
      // restic packs a generation into a few objects: what is left happens to reading.
      const read = bringEachOnce([...names].reverse(), new RegExp(`^GET /[^/]+/${folder}/`));
      expect(await workspace.run(['verify'])).toMatchObject({ status: 0, stderr: '' });
      expect(new Set([...happened, ...read()])).toEqual(new Set(names));
    },
    120_000,
  );
});

/** What a person reads when it does not end; a slow line only takes its time. */
const sentences = {
  'error 500': /kept failing: .*(internal error|InternalError)/,
  'error 501': /kept failing: .*(A header you provided|NotImplemented)/,
  'error 503': /kept failing: .*(reduce your request rate|SlowDown)/,
  'error 429': /kept failing: .*(request rate|TooManyRequests)/,
  'connection cut while it is sent': /kept failing: .*(reset by peer|closed|EOF|send request failed)/,
  'connection cut while it is answered': /kept failing: .*(reset by peer|closed|EOF|send request failed)/,
  'clock that is wrong': /refuses requests of this time: the clock of this machine is wrong/,
} as const satisfies Partial<Record<Name, RegExp>>;

/** rclone gives up before it has been through all files. It, and restic in the middle of an upload, go on trying for a minute or two. */
const quick: readonly (readonly [Name & keyof typeof sentences, 'offsite' | 'mirror', string])[] = [
  ...(Object.keys(sentences) as (keyof typeof sentences)[])
    .filter((name) => name !== 'error 500' && name !== 'error 503')
    .map((name) => [name, 'offsite', '.'] as const),
  ...(['error 501', 'clock that is wrong'] as const).map((name) => [name, 'mirror', '.'] as const),
];
const patient: typeof quick = [
  ['error 500', 'offsite', '.'],
  ...(['error 500', 'error 501', 'connection cut while it is sent', 'clock that is wrong'] as const).map(
    (name) => [name, 'offsite', '^PUT .*/data/'] as const,
  ),
  ...(['error 500', 'connection cut while it is sent'] as const).map((name) => [name, 'mirror', '.'] as const),
  ...(['error 429', 'connection cut while it is answered'] as const).map(
    (name) => [name, 'mirror', '^PUT .*/objects/'] as const,
  ),
];

describe('given a server that does not recover', () => {
  it.each([...quick, ...patient.slice(0, runs(0, patient.length))])(
    'when the %s goes on for ever in %s, on requests like %s, then one sentence says so, and the other store has the generation',
    async (name, store, matching) => {
      await use('disk', store);
      await change();
      const before = (await generationsIn(workspace.path('disk')).catch(() => [])).length;
      proxy.inject(faults[name], { matching: new RegExp(matching) });
      const { status, stdout } = await workspace.run(['backup', '--verbose']);
      expect(proxy.mend()[0]).toBeGreaterThan(0);
      const [, failure] = stdout.split(`FAILED in ${store}: `);
      const [sentence, next] = (failure as string).split('\n');
      expect(sentence).toMatch(sentences[name]);
      expect(next).toMatch(/^ {4}next: (run it again later|set the clock)/);
      expect(status).toBe(7);
      expect(await generationsIn(workspace.path('disk'))).toHaveLength(before + 1);
    },
    600_000,
  );

  it('when it has recovered, then the next run succeeds without help, and old and new generations are as recorded', async () => {
    await use('offsite', 'mirror');
    await change();
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0, stderr: '' });
    for (const at of [first, 'latest'])
      expect(await workspace.run(['verify', '--at', at])).toMatchObject({ status: 0, stderr: '' });
    expect(await readdir(join(objects.folder, 'restic', 'locks')).catch(() => [])).toEqual([]);
  }, 120_000);
});
