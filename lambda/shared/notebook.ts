import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';

/**
 * What the steps of a drill leave for each other: small JSON objects in the evidence bucket, under the keys of `drillKeys`.
 * They outlive a function that was killed and a branch of the machine that failed.
 */
export interface Notebook {
  /** @returns `undefined` when nobody wrote it */
  read<T>(key: string): Promise<T | undefined>;
  write(key: string, value: unknown): Promise<void>;
  /**
   * Writes unless somebody did before.
   *
   * @returns what stands there now: of two who write at once, both get the same
   */
  settle<T>(key: string, value: T): Promise<T>;
  /** In order of their keys. */
  list(prefix: string): Promise<readonly NotedKey[]>;
}

export interface NotedKey {
  readonly key: string;
  readonly writtenAt: Date;
}

/** @returns `undefined` when there is no such object */
export async function readText(s3: S3Client, Bucket: string, Key: string): Promise<string | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** The bucket's default encryption applies. */
export function notebookIn(s3: S3Client, Bucket: string): Notebook {
  const read = async <T>(key: string): Promise<T | undefined> => {
    const text = await readText(s3, Bucket, key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  };
  const put = async (Key: string, value: unknown, only: { readonly IfNoneMatch?: '*' } = {}) => {
    const Body = JSON.stringify(value);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json', ...only }));
  };
  return {
    read,
    write: (key, value) => put(key, value),
    async settle<T>(key: string, value: T) {
      try {
        await put(key, value, { IfNoneMatch: '*' });
        return value;
      } catch (error) {
        // Somebody wrote it before: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html.
        if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412)) throw error;
        return (await read<T>(key)) ?? value;
      }
    },
    async list(Prefix) {
      const found: NotedKey[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
        for (const { Key = '', LastModified = new Date(0) } of Contents)
          found.push({ key: Key, writtenAt: LastModified });
      }
      return found;
    },
  };
}
