import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import type { DrillRecord } from '../../../core/evidence/record.ts';
import type { AwsCall } from '../../../rehearsal/aws/endpoint.ts';
import { buildSampleDatabase } from '../../../rehearsal/sample-database.ts';
import { type RoleUnderTest, roleUnderTest } from '../../helpers/iam.ts';
import { type DrillScene, isWriting, osaka, setDrillScene, tokyo } from './drill-scene.ts';
import { type IamRequest, iamRequests } from './iam-requests.ts';

let scene: DrillScene;

beforeAll(async () => {
  scene = await setDrillScene(async ({ server }) => {
    await buildSampleDatabase(server, 'hoshizora', { bytes: 20e6 });
  });
});
afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  scene.cloud.calls.length = 0;
  scene.cloud.watch = noteForIam;
});

/** What IAM would have been asked, with the tags of that moment. */
const askedOfIam: (IamRequest & { readonly caller: string; readonly region: string })[] = [];

function noteForIam(call: AwsCall): void {
  const { databases, secrets, options } = scene.cloud;
  const tagsOf = (arn: string) => databases.states.find((one) => one.arn === arn)?.tags ?? [];
  const sourceOf = (secret: string) => databases.states.find((one) => one.secret?.arn === secret)?.arn ?? '';
  // A secret that is gone has no tags to be asked about.
  if (call.service === 'secretsmanager' && !secrets.values.has(`${call.input.SecretId}`)) return;
  for (const one of iamRequests(call, options.account, tagsOf, sourceOf)) {
    askedOfIam.push({ ...one, caller: call.caller, region: call.region });
  }
}

/** The role of a function, in the template of its Region with all references resolved. */
function roleOf(caller: string, region: string): RoleUnderTest {
  for (const stack of scene.cloud.stacks.filter((one) => one.region === region)) {
    const found = stack.of('AWS::Lambda::Function').find(([, { FunctionName }]) => FunctionName === caller);
    if (!found) continue;
    const role = `${found[1].Role}`.split('/').at(-1) as string;
    const template = Template.fromJSON({ Resources: stack.resolve(stack.resources) as object });
    return roleUnderTest(template, `${stack.resources[role]?.Properties.Description}`);
  }
  throw new Error(`no stack in ${region} has ${caller}`);
}

/** Everything that must hold whatever a drill does. */
function expectNoHarm(execution: { readonly history: string }): void {
  const { cloud } = scene;
  expect(cloud.scratches()).toEqual([]);
  const written = cloud.calls.filter(({ service, operation }) => service === 'rds' && isWriting(operation));
  for (const { input } of written) {
    const target = input.DBInstanceIdentifier ?? input.DBClusterIdentifier ?? input.TargetDBInstanceIdentifier;
    expect(target).toMatch(/^hoshizora-drill-/);
  }
  const objects = [...cloud.objects.objects.values()].map(({ body }) => body.toString()).join('\n');
  const notices = JSON.stringify(cloud.mailbox.notices);
  for (const password of cloud.secrets.passwords) {
    for (const place of [execution.history, cloud.functions.log, objects, notices])
      expect(place).not.toContain(password);
  }
}

function expectPassed(record: DrillRecord | undefined): void {
  expect(record?.cause).toBeNull();
  expect(record?.verdict).toBe('passed');
  expect(record?.timeline.map(({ name }) => name)).toEqual(expect.arrayContaining(['available', 'checked']));
  expect(record?.measured.rto.checked).toBeGreaterThan(0);
}

describe('a drill over the synthesised state machine, with the bundled functions and real databases', () => {
  test.each([
    [tokyo, 'latest', 'latest'],
    [tokyo, 'point-in-time', 'random'],
    [tokyo, 'random', 'point-in-time'],
    [osaka, 'copy', 'copy'],
    [osaka, 'point-in-time', 'random'],
  ] as const)(
    'given %s, an instance from %s and a cluster from %s, both come back, are checked and are gone',
    async (region, shop, carts) => {
      const databases = [
        { name: 'shop', source: shop },
        { name: 'carts', source: carts },
      ];
      const execution = await scene.cloud.drill(region, { databases });
      expect([execution.status, execution.cause]).toEqual(['SUCCEEDED', undefined]);
      const records = scene.records(region, execution.name);
      for (const { name, source } of databases) {
        expectPassed(records[name]);
        expect(records[name]).toMatchObject({ region, source });
      }
      expectNoHarm(execution);
    },
  );

  test('given every call of every function, its role in the template allows it', async () => {
    // One scratch, one object of a kind, is like another.
    const alike = (one: object) => JSON.stringify(one).replace(/[0-9a-f-]{12,}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '');
    const questions = new Map(askedOfIam.map((one) => [alike(one), one])).values();
    const refused: string[] = [];
    for (const { caller, region, action, resource, context } of questions) {
      const role = roleOf(caller, region);
      if (!(await role.may(action, resource, context))) refused.push(`${caller}: ${action} on ${resource}`);
    }
    expect([...new Set(refused)]).toEqual([]);
    expect(new Set(askedOfIam.map(({ action }) => action)).size).toBeGreaterThan(15);
  });

  test('given a call that no function makes, on production, no role allows it', async () => {
    const [, tags] = scene.shop.tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, `${Value}`]);
    const context = { ...(tags && { [tags[0] as string]: tags[1] as string }) };
    for (const caller of ['operator', 'recorder', 'janitor', 'checker']) {
      const role = roleOf(`hoshizora-drill-${caller}`, tokyo);
      for (const action of ['rds:DeleteDBInstance', 'rds:ModifyDBInstance', 'backup:DeleteRecoveryPoint']) {
        expect(await role.may(action, scene.shop.arn, context)).toBe(false);
      }
    }
  });
});
