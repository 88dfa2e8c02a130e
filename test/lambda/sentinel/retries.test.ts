import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BackupClient } from '@aws-sdk/client-backup';
import { expect, test } from '@jest/globals';
import { listCompleted } from '../../../lambda/sentinel/aws-host.ts';

test('a throttled call is tried again, page by page, by the client itself', async () => {
  // GIVEN a service that throttles every other request and answers in two pages
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(`http://localhost${request.url}`);
    asked.push(url.searchParams.get('nextToken') ?? 'first');
    response.setHeader('content-type', 'application/json');
    if (asked.length % 2 === 1) {
      response.writeHead(429, { 'x-amzn-errortype': 'ThrottlingException' }).end('{"message":"Rate exceeded"}');
      return;
    }
    const point = { Status: 'COMPLETED', CreationDate: 1_795_000_000, BackupSizeInBytes: 1, IsEncrypted: true };
    const isFirst = !url.searchParams.has('nextToken');
    response.end(JSON.stringify({ RecoveryPoints: [point], ...(isFirst && { NextToken: 'second' }) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new BackupClient({
    region: 'ap-northeast-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' },
  });
  try {
    // WHEN
    const points = await listCompleted(client, 'shop-primary', 'arn:aws:rds:ap-northeast-1:111122223333:db:shop-main');
    // THEN
    expect(points).toHaveLength(2);
    expect(asked).toEqual(['first', 'first', 'second', 'second']);
  } finally {
    client.destroy();
    server.close();
  }
});
