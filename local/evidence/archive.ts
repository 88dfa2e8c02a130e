import { resolve } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { accountOf, evidenceBucket, loadPolicy } from '../../core/policy/index.ts';
import { bucketArchive } from './bucket-archive.ts';
import { folderArchive } from './folder-archive.ts';

/** Where evidence is read from: a bucket, or a folder that one was downloaded to. */
export interface Archive {
  /** As people write it. */
  readonly name: string;
  /** Keys, as they are in the bucket, of everything below `evidence/`. */
  records(): Promise<string[]>;
  /** @returns `undefined` when there is no such object */
  read(key: string): Promise<string | undefined>;
  /** `false` of a folder that only the records were downloaded to. */
  readonly hasFingerprints: boolean;
}

export interface ArchiveOptions {
  readonly config?: string;
  /** Twelve digits. @default - the policy's */
  readonly account?: string;
}

/**
 * @param places - folders and `s3://…` @default - the buckets of both Regions of the policy
 * @throws FukugenError `usage` when a place makes no sense or is missing
 */
export async function openArchives(places: readonly string[], options: ArchiveOptions): Promise<Archive[]> {
  const named = places.length > 0 ? places : await placesOfPolicy(options);
  return Promise.all(named.map(openArchive));
}

async function openArchive(place: string): Promise<Archive> {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(place) ?? [];
  if (bucket === undefined) {
    if (/^[a-z0-9]+:\/\//.test(place)) {
      throw new FukugenError('usage', `${place} is neither a folder nor s3://BUCKET`);
    }
    return folderArchive(resolve(place));
  }
  if (!/^(evidence\/?)?$/.test(prefix)) {
    throw new FukugenError('usage', `${place} names a part of the evidence, and a chain can only be read whole`, {
      next: `name s3://${bucket}`,
    });
  }
  return bucketArchive(bucket);
}

async function placesOfPolicy({ config, account: given }: ArchiveOptions): Promise<string[]> {
  const { policy, file } = await loadPolicy(process.cwd(), config);
  const { cloud, name } = policy;
  if (!cloud) throw new FukugenError('usage', `${file} has no cloud part, so it says of no evidence where it is`);
  return (['primary', 'replica'] as const).map((place) => {
    const account = given ?? accountOf(cloud, place);
    if (account === undefined) {
      throw new FukugenError('usage', `${file} names no account, which the names of the evidence buckets end in`, {
        next: 'add --account 111122223333, or name a folder or s3://BUCKET',
      });
    }
    return `s3://${evidenceBucket(name, account, cloud[place].region)}`;
  });
}
