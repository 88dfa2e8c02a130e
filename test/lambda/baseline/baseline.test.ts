import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { awsHost } from '../../../lambda/baseline/aws-host.ts';
import { takeBaseline } from '../../../lambda/baseline/baseline.ts';
import type { BaselineHost } from '../../../lambda/baseline/host.ts';
import type { FingerprintAnswer } from '../../../lambda/checker/messages.ts';
import { drillKeys } from '../../../lambda/shared/drill-keys.ts';
import { answerInstead, heirOf } from '../operator/answer-instead.ts';
import { fill } from '../operator/sample-production.ts';
import { bucket, SimulatedAws } from '../operator/simulated-aws.ts';

const password = 'read"only/pa55+';
const request = { database: 'orders', secret: 'shop/reader', reader: 'shop-drill-reader-orders' };
const answer: FingerprintAnswer = {
  takenAt: '2026-12-01T01:00:07.000Z',
  fingerprints: {},
  activity: {},
  freshness: [],
};

let aws: SimulatedAws;
let host: BaselineHost;
let secret: string | undefined;

beforeEach(() => {
  aws = fill(new SimulatedAws());
  aws.checker = () => answer;
  secret = JSON.stringify({ username: 'reader', password });
  const secrets = heirOf(SecretsManagerClient);
  answerInstead(secrets).on(GetSecretValueCommand, () => ({ SecretString: secret }));
  const address = { Endpoint: { Address: 'shop-orders.example', Port: 5_432 } };
  Object.assign(aws.rds.find('instance', 'shop-orders')?.shown ?? {}, address);
  Object.assign(aws.rds.find('cluster', 'shop-members')?.shown ?? {}, {
    Endpoint: 'shop-members.example',
    Port: 5_433,
  });
  host = { ...awsHost({ ...aws.clients, secrets }, aws.plan, bucket, () => 900_000), now: () => aws.now };
});

describe('the baseline', () => {
  test('is what the reader in the network of production says, stored under its own time', async () => {
    // WHEN
    const { key } = await takeBaseline(request, host);
    // THEN
    expect(key).toBe('baselines/ap-northeast-1/orders/2026-12-01T010007.000Z.json');
    expect(aws.read(key)).toEqual(answer);
    expect(aws.asked).toEqual([
      {
        task: 'fingerprint',
        connection: { host: 'shop-orders.example', port: 5_432, user: 'reader', password },
        deadline: '2026-12-01T01:13:00.000Z',
        settings: { checks: {}, freshness: aws.plan.databases[0]?.freshness, own: [], asOf: aws.now.toISOString() },
      },
    ]);
    expect(aws.rds.writes).toEqual([]);
  });

  test('of a cluster is read from its writer', async () => {
    await takeBaseline({ ...request, database: 'members' }, host);
    expect(aws.asked[0]?.connection).toMatchObject({ host: 'shop-members.example', port: 5_433 });
  });

  test('delivered twice, the first stays', async () => {
    await takeBaseline(request, host);
    aws.checker = () => ({ ...answer, freshness: [{}] });
    const { key } = await takeBaseline(request, host);
    expect(aws.read(key)).toEqual(answer);
    expect(key).toBe(drillKeys.baseline('ap-northeast-1', 'orders', answer.takenAt));
  });

  test('the password is neither in an error nor in what is stored', async () => {
    aws.checker = () => {
      throw new Error(`could not connect with ${encodeURIComponent(password)}`);
    };
    const failure = await takeBaseline(request, host).catch((error: Error) => error);
    expect((failure as Error).message).toBe('the checker failed: Error: could not connect with ***');
    expect((failure as Error).stack).not.toContain(encodeURIComponent(password));
    aws.checker = () => ({ ...answer, freshness: [password] });
    await expect(takeBaseline(request, host)).rejects.toThrow('the answer of the checker holds the password');
    expect(aws.objects.size).toBe(0);
  });

  test.each([
    [{ database: 'ordres' }, 'the policy names no database ordres'],
    [{}, 'the instance shop-orders has no endpoint'],
  ])('given %j and nothing to reach, it says so', async (change, sentence) => {
    aws.rds.vanish('instance', 'shop-orders');
    await expect(takeBaseline({ ...request, ...change }, host)).rejects.toThrow(sentence);
  });

  test('given a secret of another form, it says whose', async () => {
    secret = undefined;
    await expect(takeBaseline(request, host)).rejects.toThrow(
      'the secret shop/reader does not hold a JSON object with username and password',
    );
  });
});
