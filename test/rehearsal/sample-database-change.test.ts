import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type ScratchServer, startScratchServer } from '../../local/postgres/scratch-server.ts';
import { buildSampleDatabase } from '../../rehearsal/sample-database.ts';
import { changeOneByte } from '../../rehearsal/sample-database-change.ts';

let server: ScratchServer;

beforeAll(async () => {
  server = await startScratchServer();
  await buildSampleDatabase(server, 'sample', { bytes: 13_000_000 });
});

afterAll(() => server.stop());

async function comments(): Promise<Map<string, string>> {
  const client = new pg.Client(server.connection('sample'));
  await client.connect();
  const { rows } = await client.query<{ key: string; body: string }>(
    'SELECT comment_id AS key, body FROM content.comments',
  );
  await client.end();
  return new Map(rows.map(({ key, body }) => [key, body]));
}

describe('given a sample database', () => {
  it('when one byte is changed, then one value differs in one byte, as reported', async () => {
    const before = await comments();
    const change = await changeOneByte(server.connection('sample'));
    const after = await comments();
    expect([...before].filter(([key, body]) => after.get(key) !== body)).toEqual([[change.key, change.before]]);
    expect(after.get(change.key)).toBe(change.after);
    const [a, b] = [Buffer.from(change.before), Buffer.from(change.after)];
    expect([b.length, [...a].filter((byte, n) => byte !== b[n]).length]).toEqual([a.length, 1]);
  });

  it('when it is changed twice, then it is as it was', async () => {
    const before = await comments();
    await changeOneByte(server.connection('sample'));
    await changeOneByte(server.connection('sample'));
    expect(await comments()).toEqual(before);
  });

  it('when it is changed in another build, then the same value changes', async () => {
    await buildSampleDatabase(server, 'same', { bytes: 13_000_000 });
    await buildSampleDatabase(server, 'again', { bytes: 13_000_000 });
    expect(await changeOneByte(server.connection('again'))).toEqual(await changeOneByte(server.connection('same')));
  });
});
