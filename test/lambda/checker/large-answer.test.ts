import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BatchAnswer } from '../../../lambda/checker/messages.ts';
import { invokeChecker } from '../../../lambda/shared/invoke-checker.ts';
import type { ScratchServer } from '../../../local/postgres/scratch-server.ts';
import { BundledChecker, connectionTo, makeAuthority, run, settingsFor, startTlsServer } from './support.ts';

let server: ScratchServer;
let checker: BundledChecker;
beforeAll(async () => {
  const authority = await makeAuthority();
  server = await startTlsServer(authority);
  checker = await BundledChecker.start(authority);
});
afterAll(async () => {
  await checker?.[Symbol.asyncDispose]();
  await server?.stop();
});

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const mostBytes = 6 * 2 ** 20;

test('given a schema that is larger than what Lambda hands on, the operator gets all of it', async () => {
  // GIVEN
  await run(server, 'postgres', 'create database shop');
  const columns = Array.from({ length: 1_600 }, (_, at) => `column_${at}_of_a_table_that_nobody_should_have text`);
  for (let table = 0; table < 30; table += 1) await run(server, 'shop', `create table t${table} (${columns})`);
  const batch = { kind: 'database', database: 'shop' } as const;
  const request = { task: 'batch', connection: connectionTo(server), settings: settingsFor(), batch } as const;
  // WHEN
  const payload = Buffer.from(JSON.stringify(await checker.ask(request)));
  const lambda = { send: async () => ({ Payload: { transformToString: () => payload.toString() } }) };
  const answer = (await invokeChecker(lambda as never, 'checker', request as never)) as BatchAnswer;
  // THEN
  expect(payload.byteLength).toBeLessThan(mostBytes);
  expect(JSON.stringify(answer).length).toBeGreaterThan(mostBytes);
  expect(JSON.stringify(answer.fingerprint?.schema)).toContain('column_1599_of_a_table');
  expect(answer.checks.map(({ outcome }) => outcome)).not.toContain('incomplete');
});
