import { describe, expect, test } from '@jest/globals';
import { notebookIn } from '../../../lambda/shared/notebook.ts';
import { bucket, SimulatedAws } from '../operator/simulated-aws.ts';

const notebook = () => {
  const aws = new SimulatedAws();
  return { aws, notes: notebookIn(aws.clients.s3, bucket) };
};

describe('the notebook', () => {
  test('gives back what was written, and nothing for what was not', async () => {
    const { notes } = notebook();
    await notes.write('work/a.json', { at: 1 });
    expect(await notes.read('work/a.json')).toEqual({ at: 1 });
    expect(await notes.read('work/b.json')).toBeUndefined();
  });

  test('of two who settle at once both get the same', async () => {
    const { notes } = notebook();
    const [one, other] = await Promise.all([
      notes.settle('work/a.json', { by: 'one' }),
      notes.settle('work/a.json', { by: 'other' }),
    ]);
    expect(one).toEqual(other);
    expect(await notes.read('work/a.json')).toEqual(one);
  });

  test('lists every key below a prefix, page by page, with its time', async () => {
    const { aws, notes } = notebook();
    for (const name of ['e', 'b', 'd', 'a', 'c']) await notes.write(`work/${name}.json`, {});
    await notes.write('watched/x.json', {});
    expect(await notes.list('work/')).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((name) => ({ key: `work/${name}.json`, writtenAt: aws.now })),
    );
  });

  test('hides no refusal', async () => {
    const { aws, notes } = notebook();
    const denied = Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });
    aws.fail = () => denied;
    await expect(notes.read('a')).rejects.toBe(denied);
    await expect(notes.write('a', {})).rejects.toBe(denied);
    await expect(notes.settle('a', {})).rejects.toBe(denied);
    await expect(notes.list('a')).rejects.toBe(denied);
  });
});
