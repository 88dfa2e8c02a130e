import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { parse } from 'yaml';
import { declareCloud } from '../../lib/cloud.ts';
import { account, cloudPolicy, type DatabaseInput, newApp } from '../lib/synthesise.ts';

/*
 * The import of runbooks/en/adopt-database.md, by the real command line, against something that answers in place of
 * CloudFormation: what it asks for is what an account would be asked for. Whether an account grants it, only one tells.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const kept = {
  subnetGroup: 'prod-subnets',
  securityGroups: ['sg-0123456789abcdef0'],
  key: `arn:aws:kms:ap-northeast-1:${account}:key/0f3c`,
};
const members: DatabaseInput = {
  kind: 'instance',
  engineVersion: '17.6',
  existing: { identifier: 'members-prod', parameterGroup: 'members-pg17', ...kept },
};
const sessions: DatabaseInput = {
  kind: 'cluster',
  engineVersion: '17.5',
  copyEvery: '24h',
  existing: { identifier: 'sessions-prod', parameterGroup: 'sessions-pg17', instances: ['sessions-prod-a'], ...kept },
};

interface Template {
  readonly Resources: Record<string, { Properties: Record<string, string> }>;
  readonly Outputs: object;
}

function synthesise(databases: Record<string, DatabaseInput>): {
  readonly directory: string;
  readonly template: Template;
} {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ account, databases, drills: false }));
  const assembly = app.synth();
  return { directory: assembly.directory, template: assembly.getStackByName('shop-database').template };
}

const answer = (name: string, result: string) =>
  `<${name}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${name}Result>${result}</${name}Result></${name}Response>`;
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const stack = `arn:aws:cloudformation:ap-northeast-1:${account}:stack/shop-database/1`;

let folder: string;
let server: Server;
/** What the change set was asked for with. */
let asked: URLSearchParams | undefined;
const adopted = synthesise({
  members: { kind: 'adopted', instance: 'members-prod' },
  sessions: { kind: 'adopted', cluster: 'sessions-prod', copyEvery: '24h' },
  audit: { kind: 'adopted', instance: 'audit-prod' },
});
const declared = synthesise({ members, sessions, audit: { kind: 'adopted', instance: 'audit-prod' } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-import-'));
  const answers: Record<string, () => string> = {
    GetCallerIdentity: () => answer('GetCallerIdentity', `<Account>${account}</Account><Arn>a</Arn><UserId>u</UserId>`),
    AssumeRole: () =>
      answer(
        'AssumeRole',
        '<Credentials><AccessKeyId>AKIDEXAMPLE</AccessKeyId><SecretAccessKey>not-a-secret</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>',
      ),
    'AmazonSSM.GetParameter': () => JSON.stringify({ Parameter: { Value: '30' } }),
    DescribeStacks: () =>
      answer(
        'DescribeStacks',
        `<Stacks><member><StackName>shop-database</StackName><StackId>${stack}</StackId><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><EnableTerminationProtection>true</EnableTerminationProtection></member></Stacks>`,
      ),
    GetTemplate: () =>
      answer('GetTemplate', `<TemplateBody>${escaped(JSON.stringify(adopted.template))}</TemplateBody>`),
    DeleteChangeSet: () => answer('DeleteChangeSet', ''),
    CreateChangeSet: () => answer('CreateChangeSet', `<Id>${stack}/set</Id><StackId>${stack}</StackId>`),
    DescribeChangeSet: () =>
      asked
        ? answer('DescribeChangeSet', `<ChangeSetId>${stack}/set</ChangeSetId><Status>CREATE_COMPLETE</Status>`)
        : '<ErrorResponse><Error><Code>ChangeSetNotFound</Code><Message>none</Message></Error></ErrorResponse>',
  };
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const parameters = new URLSearchParams(body);
    const action = parameters.get('Action') ?? `${request.headers['x-amz-target']}`;
    if (action === 'CreateChangeSet') asked = parameters;
    const text = answers[action]?.() ?? '<ErrorResponse><Error><Code>NotSimulated</Code></Error></ErrorResponse>';
    response.writeHead(text.includes('<Error>') ? 400 : 200, {
      'content-type': text.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.1',
    });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test('cdk import asks for the databases by their identifiers, in the template as it is deployed, and for nothing else', async () => {
  // GIVEN which resource is which
  const added = Object.entries(declared.template.Resources).filter(([id]) => !(id in adopted.template.Resources));
  const mapping = Object.fromEntries(
    added.map(([id, { Properties }]) => {
      const key = Properties.DBInstanceIdentifier ? 'DBInstanceIdentifier' : 'DBClusterIdentifier';
      return [id, { [key]: Properties[key] }];
    }),
  );
  const file = join(folder, 'import.json');
  await writeFile(file, JSON.stringify(mapping));

  // WHEN
  const options = ['--app', declared.directory, '--resource-mapping', file, '--no-execute', '--force', '--no-notices'];
  const { all } = await execa('cdk', ['import', 'Database', ...options], {
    all: true,
    extendEnv: false,
    env: {
      PATH: `${root}node_modules/.bin:${process.env.PATH}`,
      HOME: folder,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'ap-northeast-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  });

  // THEN
  expect(all).toContain('created and waiting in review');
  expect(asked?.get('ChangeSetType')).toBe('IMPORT');
  const imported = [...(asked ?? [])].filter(([name]) => /ResourceIdentifier\.entry\.\d\.value$/.test(name));
  expect(imported.map(([, identifier]) => identifier)).toEqual(['members-prod', 'sessions-prod', 'sessions-prod-a']);
  const template = parse(asked?.get('TemplateBody') ?? '') as Template;
  expect(template.Outputs).toEqual(adopted.template.Outputs);
  expect(template.Resources).toEqual({ ...adopted.template.Resources, ...Object.fromEntries(added) });
}, 60_000);
