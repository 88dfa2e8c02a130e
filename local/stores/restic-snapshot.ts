import { hostname } from 'node:os';
import { momentOf } from '../generation/identifier.ts';
import { isComplete, type Manifest } from '../generation/manifest.ts';
import { localTime } from '../system/local-time.ts';

/** As `restic snapshots --json` tells it; one generation each. */
export interface Snapshot {
  readonly id: string;
  readonly hostname: string;
  readonly tags?: readonly string[];
}

const generationTag = 'generation=';
const sourceTag = 'source=';

/** Tags that only snapshots of a policy have, as `--tag` of a command that filters takes them. */
export function tagsOf(policy: string): string {
  return `fukugen,policy=${policy}`;
}

/** What `restic backup` is told of a generation. */
export function describingArguments(policy: string, generation: string, manifest: Manifest): string[] {
  return [
    ...['--host', hostname()],
    ...['--tag', `${tagsOf(policy)},${generationTag}${generation}`],
    // What retention has to know of a generation; fetching a manifest from far away for it takes a second each.
    ...manifest.sources.flatMap(({ name }) => ['--tag', sourceTag + name]),
    ...(isComplete(manifest) ? ['--tag', 'whole'] : []),
    // Read in the timezone of the machine, to the second.
    ...['--time', localTime(momentOf(generation) as Date)],
  ];
}

/** `undefined` when it is none of ours. */
export function generationOf(snapshot: Snapshot): string | undefined {
  const [name] = tagged(snapshot, generationTag);
  return name !== undefined && momentOf(name) ? name : undefined;
}

export function sourcesOf(snapshot: Snapshot): string[] {
  return tagged(snapshot, sourceTag);
}

export function isWhole({ tags }: Snapshot): boolean {
  return tags?.includes('whole') === true;
}

function tagged({ tags = [] }: Snapshot, prefix: string): string[] {
  return tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));
}
