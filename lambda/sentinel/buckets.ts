import {
  GetBucketVersioningCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  NotFound,
  type S3Client,
} from '@aws-sdk/client-s3';
import { latestKey } from '../exporter/host.ts';

export async function keepsVersions(s3: S3Client, bucket: string): Promise<boolean> {
  return (await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status === 'Enabled';
}

/** @throws when there is no such bucket */
export async function lastExport(s3: S3Client, bucket: string): Promise<Date> {
  try {
    const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: latestKey }));
    if (LastModified) return LastModified;
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
  return createdAt(s3, bucket);
}

/** A change of its policy may make a bucket look younger (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Bucket.html). */
async function createdAt(s3: S3Client, bucket: string): Promise<Date> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({ Prefix: bucket }));
  const date = Buckets.find(({ Name }) => Name === bucket)?.CreationDate;
  if (!date) throw new Error(`there is no bucket ${bucket}`);
  return date;
}
