import type { Stats } from 'node:fs';

/**
 * Whether iCloud has taken a file's content off this machine. It keeps its name and its size and has no blocks; `stat` and `open`
 * leave it so, and the first reading downloads it. Elsewhere than on macOS such a file is one single hole.
 * Node does not show the flag SF_DATALESS; what macOS has compressed into a few bytes of metadata looks alike, and is named, not lost in silence.
 */
export function isElsewhere({ size, blocks }: Pick<Stats, 'size' | 'blocks'>, platform = process.platform): boolean {
  return platform === 'darwin' && size > 0 && blocks === 0;
}
