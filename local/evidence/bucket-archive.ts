import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { FukugenError } from '../../core/errors.ts';
import type { Archive } from './archive.ts';

/** With the credentials, the profile and the endpoint of the standard AWS environment; the bucket may be in any Region. */
export function bucketArchive(Bucket: string): Archive {
  // The name of an evidence bucket ends in its Region.
  const region = /[a-z]{2}(?:-[a-z]+)+-\d$/.exec(Bucket)?.[0] ?? process.env.AWS_REGION;
  const s3 = new S3Client({
    ...(region !== undefined && { region }),
    followRegionRedirects: true,
    forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined || process.env.AWS_ENDPOINT_URL_S3 !== undefined,
  });
  const failure = (what: string, cause: unknown) =>
    new FukugenError('store', `${what} cannot be read: ${(cause as Error).message || (cause as Error).name}`, {
      cause,
      next: 'the credentials are those of the AWS environment: aws sts get-caller-identity tells whose',
    });
  return {
    name: `s3://${Bucket}`,
    hasFingerprints: true,
    records: async () => {
      try {
        const keys: string[] = [];
        for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: 'evidence/' }))
          keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
        return keys.sort();
      } catch (cause) {
        throw failure(`s3://${Bucket}`, cause);
      }
    },
    read: async (Key) => {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        return await Body?.transformToString();
      } catch (cause) {
        if (cause instanceof NoSuchKey) return undefined;
        throw failure(`s3://${Bucket}/${Key}`, cause);
      }
    },
  };
}
