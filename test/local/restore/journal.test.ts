import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type InPlaceRestore, RestoreJournal } from '../../../local/restore/journal.ts';
import { removeTree } from '../../../local/system/folders.ts';

let state: string;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'fukugen-test-'));
});

afterAll(() => removeTree(state));

function record(minute: number, source: string, stage: InPlaceRestore['stage']): InPlaceRestore {
  const id = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString().replace(/[:.]/g, '-');
  return { id, source, kind: 'directory', store: 'disk', generation: id, stage, replaced: [] };
}

describe('given many restores', () => {
  it('when they are written down, then the last of each source and the interrupted ones are never forgotten', async () => {
    const journal = new RestoreJournal(state);
    await journal.write(record(0, 'seldom', 'undone'));
    await journal.write(record(1, 'seldom', 'done'));
    await journal.write(record(2, 'often', 'swapping'));
    for (let minute = 3; minute < 110; minute += 1) await journal.write(record(minute, 'often', 'done'));
    const all = await journal.all();
    expect(all[0]).toEqual(record(109, 'often', 'done'));
    expect(all.slice(100)).toEqual([record(2, 'often', 'swapping'), record(1, 'seldom', 'done')]);
  });

  it('when one cannot be read, then the others can', async () => {
    await writeFile(join(state, 'restores', '2027-01-01T00-00-00-000Z.json'), '{"id": ');
    expect((await new RestoreJournal(state).all())[0]).toEqual(record(109, 'often', 'done'));
  });
});

describe('given a state folder that cannot be made', () => {
  it('when a restore is written down, then it fails before anything is swapped', async () => {
    const file = join(state, 'file');
    await writeFile(file, '');
    await expect(new RestoreJournal(file).write(record(0, 'work', 'swapping'))).rejects.toMatchObject({
      code: 'store',
    });
  });
});
