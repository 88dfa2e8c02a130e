import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { ExportRequest } from '../../../lambda/exporter/request.ts';
import { type StandIn, standInForAws } from '../../helpers/aws-stand-in.ts';

const request: ExportRequest = {
  region: 'ap-northeast-1',
  bucket: 'shop-settings',
  instances: ['shop-main'],
  clusters: [],
  stacks: [
    { name: 'shop-database', region: 'ap-northeast-1' },
    { name: 'shop-replica', region: 'ap-northeast-3' },
  ],
  functions: { prefix: 'shop-', names: [] },
};

const empty = (operation: string) => `<${operation}Response><${operation}Result/></${operation}Response>`;
const template =
  '<GetTemplateResponse><GetTemplateResult><TemplateBody>{"Resources":{}}</TemplateBody></GetTemplateResult></GetTemplateResponse>';
const lists = [
  'DescribeDBClusters',
  'DescribeDBParameterGroups',
  'DescribeDBClusterParameterGroups',
  'DescribeDBSubnetGroups',
];

let aws: StandIn;
beforeAll(async () => {
  aws = await standInForAws(
    {
      ...Object.fromEntries(lists.map((operation) => [operation, empty(operation)])),
      DescribeDBInstances:
        '<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance><DBInstanceIdentifier>shop-main</DBInstanceIdentifier></DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>',
      DescribeSecurityGroups: '<not what was asked for',
      GetTemplate: template,
    },
    { AWS_REGION: 'ap-northeast-3' },
  );
});
afterAll(() => aws.close());

test('asks each Region for its own, writes beside itself, and fails with the name of what it could not export', async () => {
  const written: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  const { handler } = await import('../../../lambda/exporter/handler.ts');
  await expect(handler(request)).rejects.toThrow(/^could not export securityGroups\.json: /);
  jest.restoreAllMocks();

  const signers = (operation: string) =>
    aws.calls
      .filter((call) => call.operation === operation)
      .map(({ signedBy }) => signedBy.replace('AKIDEXAMPLE ', ''));
  expect(signers('DescribeDBInstances')).toEqual(['ap-northeast-1 rds']);
  expect(signers('GetTemplate')).toEqual(['ap-northeast-1 cloudformation', 'ap-northeast-3 cloudformation']);
  expect(aws.calls.find(({ operation }) => operation === 'GetTemplate')?.body).toContain('TemplateStage=Processed');
  const puts = aws.calls.filter(({ operation }) => operation.startsWith('PUT '));
  expect(puts.map(({ operation }) => operation)).toEqual(
    [
      'databases',
      'functions',
      'parameterGroups',
      'subnetGroups',
      'templates/shop-database',
      'templates/shop-replica',
    ].map((key) => `PUT /shop-settings/${key}.json`),
  );
  expect(new Set(puts.map(({ signedBy }) => signedBy))).toEqual(new Set(['AKIDEXAMPLE ap-northeast-3 s3']));
  expect(JSON.parse(written.join(''))).toMatchObject({ failures: [expect.stringMatching(/^securityGroups\.json: /)] });
});
