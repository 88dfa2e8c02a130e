import fs, { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Loaded into a run before the run itself (`node --import`). The file `GROWS` becomes longer before each piece of it that the run reads:
 * a program that writes to it all the time does so most of the time, and this does so always.
 */
const { open } = fs.promises;

fs.promises.open = async (path, ...how) => {
  const file = await open(path, ...how);
  if (path !== process.env.GROWS) return file;
  const read = file.read.bind(file);
  return Object.assign(file, {
    read: (...place: Parameters<typeof read>) => {
      appendFileSync(path, 'x');
      return read(...place);
    },
  });
};
syncBuiltinESMExports();
