import { beforeEach, describe, expect, test } from '@jest/globals';
import { exportSettings } from '../../../lambda/exporter/exporter.ts';
import { SimulatedWorld } from './simulated-world.ts';

const stacks = [
  { name: 'shop-database', region: 'ap-northeast-1' },
  { name: 'shop-replica', region: 'ap-northeast-3' },
];
let world: SimulatedWorld;

beforeEach(() => {
  world = new SimulatedWorld({
    region: 'ap-northeast-1',
    bucket: 'shop-settings-111122223333',
    instances: ['shop-main'],
    clusters: ['shop-orders'],
    stacks,
    functions: { prefix: 'shop-', names: ['invoices'] },
  });
  world.templates = {
    'ap-northeast-1 shop-database': { Resources: { Main: { Type: 'AWS::RDS::DBInstance' } } },
    'ap-northeast-3 shop-replica': { Resources: { Vault: { Type: 'AWS::Backup::BackupVault' } } },
    'ap-northeast-1 shop-replica': { Resources: {} },
  };
  world.instances = [
    { DBInstanceIdentifier: 'theirs', Engine: 'mysql' },
    {
      DBInstanceIdentifier: 'shop-main',
      Engine: 'postgres',
      DBInstanceClass: 'db.r7g.large',
      Endpoint: { Address: 'shop-main.example', Port: 5433 },
      DBParameterGroups: [{ DBParameterGroupName: 'shop-main', ParameterApplyStatus: 'in-sync' }],
      DBSubnetGroup: { DBSubnetGroupName: 'shop-subnets' },
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-b' }, { VpcSecurityGroupId: 'sg-a' }],
      EnabledCloudwatchLogsExports: ['upgrade', 'postgresql'],
      TagList: [{ Key: 'team', Value: 'orders' }],
      DBInstanceStatus: 'available',
      LatestRestorableTime: new Date('2026-11-21T08:55:00Z'),
    },
    { DBInstanceIdentifier: 'shop-orders-1', DBClusterIdentifier: 'shop-orders', PromotionTier: 0 },
  ];
  world.clusters = [
    { DBClusterIdentifier: 'shop-orders', ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 8 } },
    { DBClusterIdentifier: 'theirs' },
  ];
  world.parameterGroups = {
    'default.postgres17': [],
    'shop-main': [
      { ParameterName: 'work_mem', ParameterValue: '65536', ApplyMethod: 'immediate', Source: 'user' },
      { ParameterName: 'max_connections', ParameterValue: '{DBInstanceClassMemory/9531392}', Source: 'system' },
      { ParameterName: 'rds.force_ssl', ParameterValue: '1', ApplyMethod: 'pending-reboot', Source: 'user' },
    ],
  };
  world.clusterParameterGroups = {
    'shop-orders': [{ ParameterName: 'rds.force_ssl', ParameterValue: '1', Source: 'user' }],
  };
  world.subnetGroups = [{ DBSubnetGroupName: 'shop-subnets', Subnets: [{ SubnetIdentifier: 'subnet-1' }] }];
  world.securityGroups = [
    {
      GroupId: 'sg-a',
      GroupName: 'shop',
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] },
        { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: 'sg-b' }] },
      ],
    },
    { GroupId: 'sg-b', GroupName: 'clients' },
  ];
  world.functions = [
    { FunctionName: 'shop-watch-Sentinel', Runtime: 'nodejs24.x', Layers: [{ Arn: 'second' }, { Arn: 'first' }] },
    { FunctionName: 'invoices', Environment: { Variables: { API_KEY: 'k3y-in-the-open', PORT: '8080' } } },
    { FunctionName: 'theirs', MemorySize: 128 },
  ];
});

const run = () => exportSettings(world.host, stacks);
const settings = (section: string) => JSON.parse(world.stored(`${section}.json`));
const all = [
  'databases.json',
  'functions.json',
  'parameterGroups.json',
  'securityGroups.json',
  'subnetGroups.json',
  'templates/shop-database.json',
  'templates/shop-replica.json',
];

describe('an export', () => {
  test('holds what a rebuild needs, of every page', async () => {
    // WHEN
    expect(await run()).toEqual({ changed: all, failures: [] });
    // THEN
    expect(Object.keys(settings('databases'))).toEqual(['cluster:shop-orders', 'db:shop-main', 'db:shop-orders-1']);
    expect(settings('databases')['db:shop-main']).toMatchObject({
      DBInstanceClass: 'db.r7g.large',
      Port: 5433,
      DBParameterGroupNames: ['shop-main'],
      VpcSecurityGroupIds: ['sg-a', 'sg-b'],
      Tags: { team: 'orders' },
    });
    expect(settings('databases')['cluster:shop-orders'].ServerlessV2ScalingConfiguration).toEqual({
      MinCapacity: 0.5,
      MaxCapacity: 8,
    });
    expect(Object.keys(settings('functions'))).toEqual(['invoices', 'shop-watch-Sentinel']);
    expect(settings('functions')['shop-watch-Sentinel'].Layers).toEqual(['second', 'first']);
    expect(Object.keys(settings('securityGroups'))).toEqual(['sg-a', 'sg-b']);
    expect(settings('subnetGroups')['shop-subnets'].SubnetIds).toEqual(['subnet-1']);
  });

  test('holds only the parameters that somebody set, and no group that nobody can', async () => {
    await run();
    const groups = settings('parameterGroups');
    expect(Object.keys(groups)).toEqual(['cluster-pg:shop-orders', 'pg:shop-main']);
    expect(groups['pg:shop-main'].Parameters).toEqual({
      'rds.force_ssl': { ApplyMethod: 'pending-reboot', ParameterValue: '1' },
      work_mem: { ApplyMethod: 'immediate', ParameterValue: '65536' },
    });
  });

  test('of an unchanged world writes no version, however AWS orders it and whatever the time', async () => {
    // GIVEN
    await run();
    const first = all.map((key) => world.stored(key));
    // WHEN
    world.now = new Date('2026-11-28T09:00:00Z');
    for (const list of [world.instances, world.clusters, world.securityGroups, world.functions]) list.reverse();
    world.securityGroups.at(-1)?.IpPermissions?.reverse();
    const [main] = world.instances.filter(({ DBInstanceIdentifier }) => DBInstanceIdentifier === 'shop-main');
    main?.VpcSecurityGroups?.reverse();
    main?.EnabledCloudwatchLogsExports?.reverse();
    Object.assign(main ?? {}, { DBInstanceStatus: 'backing-up', LatestRestorableTime: world.now });
    // THEN
    expect(await run()).toEqual({ changed: [], failures: [] });
    expect(all.map((key) => world.stored(key))).toEqual(first);
    expect(all.map((key) => world.versions(key))).toEqual(all.map(() => 1));
    expect(settings('latest').lookedAt).toBe('2026-11-28T09:00:00.000Z');
  });

  test('of a world with one change writes one version', async () => {
    await run();
    world.parameterGroups['shop-main']?.pop();
    expect((await run()).changed).toEqual(['parameterGroups.json']);
    expect(world.versions('parameterGroups.json')).toBe(2);
  });

  test('tells in latest.json the digest of everything seen', async () => {
    await run();
    expect(Object.keys(settings('latest').sha256)).toEqual(all);
    for (const digest of Object.values(settings('latest').sha256)) expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('templates', () => {
  test('are exported as they are deployed, each of its own Region', async () => {
    await run();
    expect(settings('templates/shop-database')).toEqual(world.templates['ap-northeast-1 shop-database']);
    expect(settings('templates/shop-replica')).toEqual(world.templates['ap-northeast-3 shop-replica']);
  });

  test('are the same, whether they were deployed as JSON or imported as YAML', async () => {
    await run();
    world.templates['ap-northeast-1 shop-database'] = 'Resources:\n  Main:\n    Type: AWS::RDS::DBInstance\n';
    expect(await run()).toEqual({ changed: [], failures: [] });
  });

  test.each([
    ['Resources: !Ref Main', 'Unresolved tag: !Ref at line 1, column 12:'],
    ['', 'CloudFormation gave no template'],
  ])('written as "%s" are a failure, not half of a template', async (text, problem) => {
    world.templates['ap-northeast-1 shop-database'] = text;
    expect((await run()).failures).toEqual([expect.stringContaining(problem)]);
    expect(world.versions('templates/shop-database.json')).toBe(0);
  });

  test('get a version with every deployment that changes them', async () => {
    await run();
    world.templates['ap-northeast-3 shop-replica'] = { Resources: {} };
    expect((await run()).changed).toEqual(['templates/shop-replica.json']);
    expect(world.versions('templates/shop-replica.json')).toBe(2);
  });

  test('of a stack that is gone are kept, and named as missing', async () => {
    await run();
    delete world.templates['ap-northeast-1 shop-database'];
    expect((await run()).failures).toEqual([
      'templates/shop-database.json: ValidationError: Stack with id shop-database does not exist',
    ]);
    expect(world.versions('templates/shop-database.json')).toBe(1);
  });

  test('that hold something in the form of a secret are exported without it', async () => {
    const Value = 'postgres://app:s3cr3t-pl4nted@db/app';
    const name = { Value: 'arn:aws:secretsmanager:ap-northeast-3:111122223333:secret:shop/slack-a1B2c3' };
    world.templates['ap-northeast-1 shop-database'] = { Outputs: { Address: { Value }, Secret: name } };
    await run();
    expect(settings('templates/shop-database').Outputs).toEqual({
      Address: { Value: '(redacted)' },
      Secret: name,
    });
  });
});

describe('a run that misses something', () => {
  const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });

  test.each([
    ['ListFunctions', 'functions'],
    ['DescribeSecurityGroups', 'securityGroups'],
    ['DescribeDBClusters', 'databases'],
    ['DescribeDBClusterParameters', 'parameterGroups'],
    ['DescribeDBSubnetGroups', 'subnetGroups'],
  ])('through %s exports the rest and names what is left out', async (command, section) => {
    world.failing = { [command]: throttled };
    expect(await run()).toEqual({
      changed: all.filter((one) => one !== `${section}.json`),
      failures: [`${section}.json: ThrottlingException: Rate exceeded`],
    });
    expect(world.versions(`${section}.json`)).toBe(0);
  });

  test('leaves the time of the last full look as it was', async () => {
    await run();
    const last = world.stored('latest.json');
    world.now = new Date('2026-11-28T09:00:00Z');
    world.failing = { ListFunctions: throttled };
    await run();
    expect(world.stored('latest.json')).toBe(last);
  });

  test('catches up with the next one', async () => {
    world.failing = { ListFunctions: throttled };
    await run();
    world.failing = {};
    expect(await run()).toEqual({ changed: ['functions.json'], failures: [] });
    expect(world.versions('latest.json')).toBe(1);
  });

  test('names what the policy names and AWS does not have, and exports what it has', async () => {
    world.instances = world.instances.filter(({ DBInstanceIdentifier }) => DBInstanceIdentifier !== 'shop-main');
    world.functions = [];
    expect((await run()).failures).toEqual([
      'databases.json: there is no db:shop-main',
      'functions.json: there is no function invoices',
    ]);
    expect(Object.keys(settings('databases'))).toEqual(['cluster:shop-orders', 'db:shop-orders-1']);
  });

  test('takes an object that may not be looked at for a failure, not for a new one', async () => {
    world.failing = { HeadObject: Object.assign(new Error('Forbidden'), { name: '403' }) };
    expect((await run()).failures).toHaveLength(all.length);
    expect(world.bucket.size).toBe(0);
  });

  test('does not hide that nothing can be written', async () => {
    world.failing = { PutObject: Object.assign(new Error('no'), { name: 'AccessDenied' }) };
    expect((await run()).failures).toEqual(all.map((key) => `${key}: AccessDenied: no`));
  });
});

describe('a secret never reaches the bucket', () => {
  const planted = 's3cr3t-pl4nted';
  const everything = () => [...world.bucket.values()].flat().map(({ Body }) => Body);

  test.each<[string, () => void]>([
    [
      'an environment value',
      () => Object.assign(world.functions[0] ?? {}, { Environment: { Variables: { MODE: planted } } }),
    ],
    [
      'the value of a tag named so',
      () => Object.assign(world.instances[1] ?? {}, { TagList: [{ Key: 'DbPassword', Value: planted }] }),
    ],
    [
      'an address in a tag',
      () =>
        Object.assign(world.securityGroups[0] ?? {}, {
          Tags: [{ Key: 'dsn', Value: `postgres://app:${planted}@db/app` }],
        }),
    ],
    [
      'a parameter named so',
      () =>
        world.parameterGroups['shop-main']?.push({
          ParameterName: 'app.api_key',
          ParameterValue: planted,
          Source: 'user',
        }),
    ],
    [
      'a parameter that holds one',
      () =>
        world.parameterGroups['shop-main']?.push({
          ParameterName: 'ssl_passphrase_command',
          ParameterValue: `echo ${planted}`,
          Source: 'user',
        }),
    ],
    [
      'a connection text in a parameter',
      () =>
        world.clusterParameterGroups['shop-orders']?.push({
          ParameterName: 'primary_conninfo',
          ParameterValue: `host=db password=${planted}`,
          Source: 'user',
        }),
    ],
    [
      'a description of a function',
      () => Object.assign(world.functions[0] ?? {}, { Description: `token: ${planted}` }),
    ],
    [
      'a description of a rule',
      () =>
        Object.assign(world.securityGroups[0] ?? {}, {
          IpPermissions: [{ IpRanges: [{ CidrIp: '10.0.0.1/32', Description: `pwd=${planted}` }] }],
        }),
    ],
    [
      'a field that nobody chose',
      () => Object.assign(world.instances[1] ?? {}, { PendingModifiedValues: { MasterUserPassword: planted } }),
    ],
  ])('%s', async (_where, plant) => {
    plant();
    expect((await run()).failures).toEqual([]);
    expect(everything().join('')).not.toContain(planted);
  });

  test('and its name does: what a function needs is known', async () => {
    await run();
    expect(settings('functions').invoices.Environment).toEqual({ API_KEY: '(redacted)', PORT: '(redacted)' });
  });

  test('while settings that only speak of passwords are kept', async () => {
    world.parameterGroups['shop-main']?.push({
      ParameterName: 'password_encryption',
      ParameterValue: 'scram-sha-256',
      Source: 'user',
    });
    await run();
    expect(settings('parameterGroups')['pg:shop-main'].Parameters.password_encryption.ParameterValue).toBe(
      'scram-sha-256',
    );
  });
});
