import { copyFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

let workspace: LocalWorkspace;
let live: DatabaseSync;

beforeEach(async () => {
  workspace = await LocalWorkspace.open({
    sources: { notes: { kind: 'sqlite', path: 'notes.sqlite' } },
    stores: { disk: { kind: 'generations', path: 'disk' } },
  });
  live = new DatabaseSync(workspace.path('notes.sqlite'));
  live.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
    CREATE TABLE entry (id INTEGER PRIMARY KEY, body INTEGER, filler TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
    INSERT INTO entry SELECT i, 0, hex(randomblob(50)) FROM n;
    CREATE INDEX body ON entry (body, filler)`);
});

afterEach(async () => {
  live.close();
  await workspace[Symbol.asyncDispose]();
});

/** What a copy is worth, and what is in it. */
function judge(path: string): string {
  try {
    using copy = new DatabaseSync(path);
    const [health] = copy.prepare('PRAGMA integrity_check').all() as [{ integrity_check: string }];
    const rows = copy.prepare('SELECT sum(body) AS sum, count(*) AS rows FROM entry').get();
    return `${health.integrity_check} ${JSON.stringify(rows)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the trap of a database and its WAL copied at different moments', () => {
  it('when the files are copied while a program writes, then the copy is torn; when fukugen copies, then it is one moment', async () => {
    live.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    await copyFile(workspace.path('notes.sqlite'), workspace.path('copied.sqlite'));
    live.exec('DELETE FROM entry WHERE id % 3 = 0; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    live.exec('UPDATE entry SET body = id WHERE id < 50');
    await copyFile(workspace.path('notes.sqlite-wal'), workspace.path('copied.sqlite-wal'));
    const whole = judge(workspace.path('notes.sqlite'));
    expect(whole).toMatch(/^ok .*"rows":3334/);
    expect(judge(workspace.path('copied.sqlite'))).not.toBe(whole);

    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const { status, json } = await workspace.run(['restore', 'notes', '--json']);
    expect(status).toBe(0);
    expect(judge(json.beside)).toBe(whole);
  });
});
