import { createHash } from 'node:crypto';
import * as s3 from '@aws-sdk/client-s3';
import { Operations } from './operations.ts';
import { ServiceError, ServiceProtocol } from './protocol.ts';

export interface StoredObject {
  readonly body: Buffer;
  readonly modified: Date;
  /** Until when nobody may delete or replace this version. */
  readonly retainUntil?: Date;
}

/** Buckets in memory, as far as the functions need them: conditional writes, object lock, listings in pages. */
export class ObjectStorage {
  /** By `bucket/key`. */
  readonly objects = new Map<string, StoredObject>();
  /** From one bucket to another, of keys that begin so. What arrived by replication is not replicated again. */
  readonly replications: { readonly from: string; readonly to: string; readonly prefix: string }[] = [];
  readonly service: Operations;

  constructor() {
    const { objects } = this;
    this.service = new Operations(new ServiceProtocol('rest-xml', s3))
      .on(s3.PutObjectCommand, ({ Bucket, Key, Body, IfNoneMatch, ObjectLockRetainUntilDate }) => {
        const name = `${Bucket}/${Key}`;
        if (IfNoneMatch === '*' && objects.has(name)) {
          throw new ServiceError(
            'PreconditionFailed',
            'At least one of the pre-conditions you specified did not hold',
            412,
          );
        }
        const body = Buffer.from(Body as unknown as Uint8Array);
        const stored = {
          body,
          modified: new Date(),
          ...(ObjectLockRetainUntilDate && { retainUntil: ObjectLockRetainUntilDate }),
        };
        objects.set(name, stored);
        for (const { from, to, prefix } of this.replications) {
          if (from === Bucket && Key?.startsWith(prefix)) objects.set(`${to}/${Key}`, stored);
        }
        return { ETag: tag(body) };
      })
      .on(s3.GetObjectCommand, ({ Bucket, Key }) => {
        const found = objects.get(`${Bucket}/${Key}`);
        if (!found) throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
        return { Body: found.body as never, ETag: tag(found.body), ContentLength: found.body.length };
      })
      .on(s3.HeadObjectCommand, ({ Bucket, Key }) => {
        const found = objects.get(`${Bucket}/${Key}`);
        if (!found) throw new ServiceError('NotFound', 'Not Found', 404);
        return { ETag: tag(found.body), LastModified: found.modified };
      })
      .on(s3.ListObjectsV2Command, ({ Bucket, Prefix = '', ContinuationToken, StartAfter = '', MaxKeys = 1_000 }) => {
        const start = ContinuationToken ?? StartAfter;
        const keys = [...objects.keys()]
          .filter((name) => name.startsWith(`${Bucket}/${Prefix}`))
          .map((name) => name.slice(`${Bucket}/`.length))
          .filter((key) => key > start)
          .sort();
        const page = keys.slice(0, MaxKeys);
        const isTruncated = keys.length > page.length;
        return {
          Contents: page.map((Key) => {
            const { body, modified } = objects.get(`${Bucket}/${Key}`) as StoredObject;
            return { Key, Size: body.length, LastModified: modified, ETag: tag(body) };
          }),
          KeyCount: page.length,
          IsTruncated: isTruncated,
          ...(isTruncated && { NextContinuationToken: page.at(-1) as string }),
        };
      });
  }

  /** The JSON of every object whose key begins so, by key. */
  documents(bucket: string, prefix: string): ReadonlyMap<string, unknown> {
    const found = [...this.objects].filter(([name]) => name.startsWith(`${bucket}/${prefix}`)).sort();
    return new Map(found.map(([name, { body }]) => [name.slice(bucket.length + 1), JSON.parse(body.toString())]));
  }
}

function tag(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
