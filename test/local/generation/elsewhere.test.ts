import { describe, expect, it } from '@jest/globals';
import { isElsewhere } from '../../../local/generation/elsewhere.ts';

describe('given what the system tells of a file', () => {
  it.each([
    ['a size and no blocks on macOS', { size: 10, blocks: 0 }, 'darwin', true],
    ['a size and blocks', { size: 10, blocks: 8 }, 'darwin', false],
    ['nothing in it', { size: 0, blocks: 0 }, 'darwin', false],
    ['one single hole on Linux', { size: 10, blocks: 0 }, 'linux', false],
  ] as const)('when it has %s, then its content is elsewhere: %j on %s is %s', (_what, stats, platform, expected) => {
    expect(isElsewhere(stats, platform)).toBe(expected);
  });
});
