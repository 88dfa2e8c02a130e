import { sep } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/** Rooms whose suites take minutes, longest first; without a cache Jest would go by the size of the files, and wait for a long one at the end. */
const rooms = ['rehearsal', 'local/commands', 'local/stores', 'local', 'bin', 'lambda'].map((room) =>
  `/test/${room}/`.replaceAll('/', sep),
);

export default class LongSuitesFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = rooms.findIndex((room) => path.includes(room));
      return place === -1 ? rooms.length : place;
    };
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
