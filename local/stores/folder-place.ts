import { readlink, stat } from 'node:fs/promises';
import { FukugenError } from '../../core/errors.ts';

/**
 * Whether a folder of this machine is a folder, or can become one: other programs say little of what is in their way, or nothing.
 *
 * @throws FukugenError `store` when something else is there
 */
export async function requireFolder(place: string): Promise<void> {
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
  if (isFolder) return;
  const target = await readlink(place).catch(() => undefined);
  if (isFolder === undefined && target === undefined) return;
  const [isWhat, way] =
    isFolder === undefined
      ? [`a link to ${target}, which is not there`, 'mount or make what it leads to']
      : ['no folder', 'move it out of the way'];
  throw new FukugenError('store', `a store is to be at ${place}, but that is ${isWhat}`, {
    next: `${way}, or name another folder in the policy`,
  });
}
