import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { generationAt, momentOf, safetyGenerationAt } from '../../../local/generation/identifier.ts';
import { chooseGenerationOf } from '../../../local/restore/choose-generation.ts';
import type { Held, Store } from '../../../local/stores/store.ts';

/** A store of generations that hold these sources, as far as a choice looks at it. */
function storeOf(holdings: Readonly<Record<string, readonly string[] | 'unreadable'>>): Store {
  const generations = Object.keys(holdings).sort().reverse();
  return {
    name: 'disk',
    list: async () => generations.map((generation) => ({ generation, store: 'disk' })),
    held: async () =>
      generations.map((generation): Held => {
        const sources = holdings[generation];
        return sources === 'unreadable' || sources === undefined
          ? { generation, owner: undefined, sources: [], isWhole: undefined }
          : { generation, owner: { policy: 'tested', host: 'here' }, sources, isWhole: true };
      }),
  } as Partial<Store> as Store;
}

/** Local time, as people write it. */
const at = (...parts: [number, number, number, number, number]) =>
  generationAt(new Date(parts[0], parts[1] - 1, parts[2], parts[3], parts[4]));

const [morning, noon, evening] = [at(2026, 11, 20, 6, 0), at(2026, 11, 20, 12, 0), at(2026, 11, 20, 18, 0)];
const store = storeOf({ [morning]: ['app', 'notes'], [noon]: ['app'], [evening]: ['notes'] });

describe('given generations of several sources', () => {
  it.each([
    ['latest', 'app', noon],
    ['latest', 'notes', evening],
    [morning, 'app', morning],
    ['before 2026-11-20 12:00', 'app', morning],
    ['before 2026-11-20 12:01', 'app', noon],
    ['before 2026-11-20T12:00:01', 'app', noon],
    ['before 2026-11-21', 'app', noon],
    ['before 2026-11-20 18:00', 'notes', morning],
  ])('when %s of %s is meant, then it is the right one', async (written, source, expected) => {
    expect(await chooseGenerationOf(store, source, written)).toBe(expected);
  });

  it("when one was taken right before a restore, then it is nobody's latest, and is there by its name", async () => {
    const safety = safetyGenerationAt(new Date(2026, 10, 20, 12, 0));
    const restored = storeOf({ [morning]: ['app'], [safety]: ['app'] });
    expect(await chooseGenerationOf(restored, 'app', 'latest')).toBe(morning);
    expect(await chooseGenerationOf(restored, 'app', safety)).toBe(safety);
  });

  it('when the manifest of the newest cannot be read, then it is the latest, for the restore to say so', async () => {
    const damaged = storeOf({ [morning]: ['app'], [noon]: 'unreadable' });
    expect(await chooseGenerationOf(damaged, 'app', 'latest')).toBe(noon);
  });

  it('when any moment is meant, then it is the newest before it', async () => {
    const moments = fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(moments, fc.integer({ min: 0, max: 2_000 }), async (minutes, wanted) => {
        const time = (minute: number) => new Date(2026, 0, 5, 0, minute);
        const all = minutes.map((minute) => generationAt(time(minute)));
        const moment = time(wanted);
        const two = (value: number) => String(value).padStart(2, '0');
        const day = `2026-01-${two(moment.getDate())}`;
        const written = `before ${day} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
        const earlier = all.filter((generation) => (momentOf(generation) as Date) < moment).sort();
        const chosen = await chooseGenerationOf(
          storeOf(Object.fromEntries(all.map((generation) => [generation, ['app']]))),
          'app',
          written,
        ).catch((error: { code: string }) => error.code);
        expect(chosen).toBe(earlier.at(-1) ?? 'missing');
      }),
    );
  });
});

describe('given nothing that fits', () => {
  it.each([
    [
      'before 2026-11-20 06:00',
      'app',
      'missing',
      /^the store disk has no generation of app from before 2026-11-20 06:00$/,
    ],
    ['latest', 'photos', 'missing', /^no generation in the store disk holds photos$/],
    ['2026-11-20T00-00-00-000Z', 'app', 'missing', /^the store disk has no generation 2026-11-20T00-00-00-000Z$/],
    ['yesterday', 'app', 'missing', /^the store disk has no generation yesterday$/],
    ['before', 'app', 'usage', /^"before" names no moment$/],
    ['before noon', 'app', 'usage', /^"before noon" names no moment$/],
    ['before 2026-02-30', 'app', 'usage', /names no moment$/],
    ['before 2026-11-20 25:00', 'app', 'usage', /names no moment$/],
  ])('when %s of %s is meant, then that is said', async (written, source, code, message) => {
    await expect(chooseGenerationOf(store, source, written)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('when a moment is before all, then the nearest are named; and the store is empty, then that is said', async () => {
    await expect(chooseGenerationOf(store, 'app', 'before 2026-11-20 06:00')).rejects.toMatchObject({
      next: `fukugen list; the nearest: ${morning}`,
    });
    const between = at(2026, 11, 20, 13, 0);
    await expect(chooseGenerationOf(store, 'app', between)).rejects.toMatchObject({
      next: `fukugen list; the nearest: ${noon}, ${evening}`,
    });
    await expect(chooseGenerationOf(storeOf({}), 'app', 'latest')).rejects.toMatchObject({
      code: 'missing',
      message: 'the store disk has no generation yet',
    });
  });
});
