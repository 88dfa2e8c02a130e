import { describe, expect, test } from '@jest/globals';
import type { CheckerRequest } from '../../../lambda/checker/messages.ts';
import type { DrillTarget } from '../../../lambda/operator/messages.ts';
import { drillKeys } from '../../../lambda/shared/drill-keys.ts';
import { choose, deliver, work } from './drive.ts';
import { fill } from './sample-production.ts';
import { answerAsChecker, SimulatedAws } from './simulated-aws.ts';
import { password } from './simulated-rds.ts';

const forms = [password, JSON.stringify(password).slice(1, -1), encodeURIComponent(password)];

async function drilled(checker: (request: CheckerRequest) => unknown = answerAsChecker) {
  const aws = fill(new SimulatedAws());
  aws.checker = checker;
  const [target] = (await choose(aws, { databases: [{ name: 'orders', source: 'latest' }] })) as [DrillTarget];
  const thrown: Error[] = [];
  const failure = await work(aws, target, { thrown }).catch((error: Error) => error);
  return { aws, target, failure, thrown };
}

describe('asking the checker', () => {
  test('it is told where, as whom, what, against which moment, and by when', async () => {
    const { aws, target } = await drilled();
    expect(aws.asked[0]).toEqual({
      task: 'survey',
      connection: { host: `${target.scratch}.example`, port: 5_432, user: 'postgres', password },
      // Two minutes less than the operator's own time.
      deadline: new Date(aws.now.getTime() + 13 * 60_000).toISOString(),
      settings: {
        checks: { readable: 'fail', constraints: 'warn' },
        freshness: [{ table: 'public.orders', column: 'created_at', withinSeconds: 3_600 }],
        own: aws.plan.ownChecks,
        asOf: '2026-12-01T00:05:00.000Z',
        engineVersion: '17.4',
      },
    });
    expect(aws.asked[3]).toMatchObject({ task: 'batch', batch: { kind: 'database', database: 'shop' } });
  });

  test('near the deadline of the target that one counts', async () => {
    const { aws, target } = await drilled();
    aws.now = new Date(Date.parse(target.deadline) - 1_000);
    aws.objects.delete(drillKeys.batch(target, 0));
    await deliver(aws, { operation: 'check', target, batch: 0 });
    expect(aws.asked.at(-1)?.deadline).toBe(target.deadline);
  });

  test('the state gets numbers, and the answers are stored', async () => {
    const { aws, target } = await drilled();
    expect(await deliver(aws, { operation: 'survey', target })).toEqual({ batches: [0, 1, 2] });
    expect(await deliver(aws, { operation: 'check', target, batch: 2 })).toEqual({ batch: 2 });
    expect(aws.read(drillKeys.survey(target))).toMatchObject({ version: '17.4' });
    expect(aws.read(drillKeys.batch(target, 2))).toEqual({ checks: [], tables: [], freshness: [] });
  });

  test('the checks are over when the last batch is, in whatever order', async () => {
    // GIVEN a survey that is done
    const aws = fill(new SimulatedAws());
    const [target] = (await choose(aws, { databases: [{ name: 'orders', source: 'latest' }] })) as [DrillTarget];
    const stop = new Error('far enough');
    const before = (step: string) => {
      if (step === 'check') throw stop;
    };
    await expect(work(aws, target, { before })).rejects.toBe(stop);
    // THEN
    for (const batch of [2, 0]) await deliver(aws, { operation: 'check', target, batch });
    expect(aws.read(drillKeys.mark(target, 'checked'))).toBeUndefined();
    await deliver(aws, { operation: 'check', target, batch: 1 });
    expect(aws.read(drillKeys.mark(target, 'checked'))).toEqual({ at: aws.now.toISOString() });
  });

  test('given nothing to check, the checks are over with the survey', async () => {
    const { aws, target } = await drilled((request) => ({ ...(answerAsChecker(request) as object), batches: [] }));
    expect(aws.read(drillKeys.mark(target, 'checked'))).toEqual({ at: expect.any(String) });
  });

  test('a batch that the survey does not list is refused', async () => {
    const { aws, target } = await drilled();
    for (const batch of [3, undefined]) {
      await expect(deliver(aws, { operation: 'check', target, ...(batch !== undefined && { batch }) })).rejects.toThrow(
        `check: the survey of ${target.scratch} lists no batch ${batch}`,
      );
    }
  });

  test('given no endpoint is shown yet, it is asked again', async () => {
    const { aws, target } = await drilled();
    aws.objects.delete(drillKeys.survey(target));
    const scratch = aws.rds.find('instance', target.scratch);
    if (scratch) delete scratch.shown.Endpoint;
    await expect(deliver(aws, { operation: 'survey', target })).rejects.toMatchObject({
      name: 'NotYet',
      message: `survey: RDS shows no endpoint or no secret of ${target.scratch}`,
    });
  });
});

describe('given the checker fails', () => {
  test('its words are passed on, under the name of no other error', async () => {
    const { failure } = await drilled(() => {
      throw Object.assign(new Error('the certificate has expired'), { name: 'CERT_HAS_EXPIRED' });
    });
    expect(failure).toMatchObject({
      name: 'Error',
      message: 'survey: the checker failed: CERT_HAS_EXPIRED: the certificate has expired',
    });
  });

  test.each(forms)('and puts the password %s into its words, nobody reads it', async (form) => {
    const { aws, failure, thrown } = await drilled((request) => {
      if (request.task === 'survey') return answerAsChecker(request);
      throw new Error(`could not connect to postgres://postgres:${form}@host/ with ${form}`);
    });
    expect(failure).toMatchObject({
      message: 'check: the checker failed: Error: could not connect to postgres://postgres:***@host/ with ***',
    });
    for (const error of thrown) {
      const shown = `${error.message}${error.stack}${JSON.stringify(error, Object.getOwnPropertyNames(error))}${error.cause}`;
      for (const one of forms) expect(shown).not.toContain(one);
    }
    for (const { body } of aws.objects.values()) for (const one of forms) expect(body).not.toContain(one);
  });

  test('the error of the call itself is cleaned as well, and what is worth another try is tried again', async () => {
    const aws = fill(new SimulatedAws());
    const [target] = (await choose(aws, { databases: [{ name: 'orders', source: 'latest' }] })) as [DrillTarget];
    const thrown: Error[] = [];
    let calls = 0;
    aws.fail = (command) =>
      command === 'Invoke' && calls++ === 0
        ? Object.assign(new Error(`could not send {"password":${JSON.stringify(password)}}`), {
            name: 'ServiceException',
            $metadata: { httpStatusCode: 503 },
          })
        : undefined;
    await work(aws, target, { thrown });
    expect(thrown.map(({ name, message }) => `${name} ${message}`)).toEqual([
      'NotYet survey: could not send {"password":"***"}',
    ]);
  });

  test.each([
    [null, 'survey: the checker gave no answer'],
    ['done', 'survey: the checker gave no answer'],
  ])('and answers %j, that is an error', async (answer, sentence) => {
    const { failure } = await drilled(() => answer);
    expect((failure as Error).message).toBe(sentence);
  });

  test('and says nothing about it, that is said', async () => {
    const aws = fill(new SimulatedAws());
    const { invokeChecker } = await import('../../../lambda/shared/invoke-checker.ts');
    const client = { send: async () => ({ FunctionError: 'Unhandled' }) };
    await expect(invokeChecker(client as never, 'checker', aws.asked[0] as never)).rejects.toThrow(
      'the checker failed: Unhandled: it did not say why',
    );
  });

  test('and its answer holds the password, it is not stored', async () => {
    const { aws, failure, target } = await drilled((request) => ({
      ...(answerAsChecker(request) as object),
      version: request.connection.password,
    }));
    expect((failure as Error).message).toBe('survey: the answer of the checker holds the password');
    expect(aws.read(drillKeys.survey(target))).toBeUndefined();
  });
});

describe('the secret', () => {
  test.each(['not JSON but hunter2', '{"password":"hunter2"}', '{"username":"","password":"hunter2"}', 'null', '[]'])(
    'given it is %s, it is refused without a word of it',
    async (secret) => {
      const { aws, target } = await drilled();
      aws.objects.delete(drillKeys.survey(target));
      for (const arn of aws.rds.secrets.keys()) aws.rds.secrets.set(arn, secret);
      const failure = await deliver(aws, { operation: 'survey', target }).catch((error: Error) => error);
      expect((failure as Error).message).toMatch(
        /^survey: the secret arn:\S+ does not hold a JSON object with username and password$/,
      );
      expect(`${(failure as Error).stack}`).not.toContain('hunter2');
    },
  );
});
