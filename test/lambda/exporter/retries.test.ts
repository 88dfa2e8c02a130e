import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RDSClient } from '@aws-sdk/client-rds';
import { expect, test } from '@jest/globals';
import { readSubnetGroups } from '../../../lambda/exporter/groups.ts';

test('a throttled call is tried again, page by page, by the client itself', async () => {
  // GIVEN a service that throttles every other request and answers in two pages
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const marker = new URLSearchParams(body).get('Marker') ?? 'first';
    asked.push(marker);
    response.setHeader('content-type', 'text/xml');
    if (asked.length % 2 === 1) {
      const code = '<Code>Throttling</Code><Message>Rate exceeded</Message>';
      response.writeHead(400).end(`<ErrorResponse><Error><Type>Sender</Type>${code}</Error></ErrorResponse>`);
      return;
    }
    const groups = `<DBSubnetGroups><DBSubnetGroup><DBSubnetGroupName>${marker}</DBSubnetGroupName></DBSubnetGroup></DBSubnetGroups>`;
    const next = marker === 'first' ? '<Marker>second</Marker>' : '';
    const result = `<DescribeDBSubnetGroupsResult>${groups}${next}</DescribeDBSubnetGroupsResult>`;
    response.end(`<DescribeDBSubnetGroupsResponse>${result}</DescribeDBSubnetGroupsResponse>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new RDSClient({
    region: 'ap-northeast-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' },
  });
  try {
    // WHEN
    const { settings } = await readSubnetGroups(client);
    // THEN
    expect(Object.keys(settings)).toEqual(['first', 'second']);
    expect(asked).toEqual(['first', 'first', 'second', 'second']);
  } finally {
    client.destroy();
    server.close();
  }
});
