import { describe, expect, test } from '@jest/globals';
import { type DrillSource, drillMarks, type OriginNote } from '../../../core/evidence/record.ts';
import { sourcesAt } from '../../../core/policy/rotation.ts';
import type { DrillTarget } from '../../../lambda/operator/messages.ts';
import { drillKeys } from '../../../lambda/shared/drill-keys.ts';
import type { DrilledDatabase } from '../../../lambda/shared/drill-plan.ts';
import { choose, type Drive, tearDown, work } from './drive.ts';
import { fill } from './sample-production.ts';
import { SimulatedAws, samplePlan } from './simulated-aws.ts';
import { password } from './simulated-rds.ts';

const everyDrill = (['primary', 'replica'] as const).flatMap((place) =>
  samplePlan(place).databases.flatMap((database) =>
    sourcesAt(place, database).map((source) => ({ place, name: database.name, source })),
  ),
);

async function drill(aws: SimulatedAws, name: string, source: DrillSource, drive: Drive = {}): Promise<DrillTarget> {
  const [target] = (await choose(aws, { databases: [{ name, source }] }, drive)) as [DrillTarget];
  await work(aws, target, drive);
  await tearDown(aws, target, drive);
  return target;
}

function marksOf(aws: SimulatedAws, target: DrillTarget): string[] {
  return drillMarks.filter((name) => aws.read(drillKeys.mark(target, name)));
}

describe('a whole drill', () => {
  test('there is one of every source of every database in both Regions', () => {
    expect(everyDrill).toHaveLength(11);
  });

  test.each(everyDrill)('in the $place Region, $name from $source, leaves its notes and nothing else', async (one) => {
    // GIVEN
    const aws = fill(new SimulatedAws(samplePlan(one.place)));
    const before = [...aws.rds.databases.keys()];
    // WHEN
    const target = await drill(aws, one.name, one.source);
    // THEN
    expect([...aws.rds.databases.keys()]).toEqual(before);
    expect(aws.rds.secrets.size).toBe(0);
    const absent = one.name === 'orders' ? ['instance-asked', 'instance-available'] : ['loaded'];
    expect(marksOf(aws, target)).toEqual(drillMarks.filter((mark) => !absent.includes(mark)));
    expect(aws.read(drillKeys.origin(target))).toMatchObject({ scratch: { identifier: target.scratch } });
    expect(aws.asked.map(({ task }) => task)).toEqual(['survey', 'batch', 'batch', 'batch']);
  });

  test.each(everyDrill)('$name from $source in the $place Region: every step may be delivered twice', async (one) => {
    // GIVEN
    const aws = fill(new SimulatedAws(samplePlan(one.place)));
    // WHEN
    await drill(aws, one.name, one.source, { twice: true });
    // THEN it is made once, and checked once
    const once = one.name === 'orders' ? ['Restore', 'Modify'] : ['Restore', 'CreateDBInstance', 'Modify'];
    expect(aws.rds.accepted).toEqual(once);
    expect(aws.asked).toHaveLength(4);
  });

  test.each(everyDrill)(
    '$name from $source in the $place Region: every step may be delivered twice at once',
    async (one) => {
      // GIVEN
      const aws = fill(new SimulatedAws(samplePlan(one.place)));
      const before = [...aws.rds.databases.keys()];
      // WHEN
      const target = await drill(aws, one.name, one.source, { atOnce: true });
      // THEN both asked for the same, whatever each of them had drawn, and it was made once
      const { origin } = aws.read(drillKeys.origin(target)) as OriginNote;
      const asked = aws.rds.writes
        .filter(({ command }) => command === 'Restore')
        .map(({ input }) => JSON.stringify(input));
      expect(new Set(asked).size).toBe(1);
      expect(asked[0]).toContain(origin.recoveryPoint?.replace(/^.*snapshot:/, '') ?? origin.restoreTime);
      expect(aws.rds.accepted.filter((command) => command === 'Restore')).toEqual(['Restore']);
      expect([...aws.rds.databases.keys()]).toEqual(before);
    },
  );

  test.each(everyDrill)(
    '$name from $source in the $place Region changes nothing that is not its scratch',
    async (one) => {
      const aws = fill(new SimulatedAws(samplePlan(one.place)));
      const target = await drill(aws, one.name, one.source, { twice: true });
      expect(aws.rds.writes.length).toBeGreaterThan(2);
      for (const { target: changed } of aws.rds.writes)
        expect([target.scratch, `${target.scratch}-1`]).toContain(changed);
    },
  );

  test('the password is in no object, and reaches the checker alone', async () => {
    // GIVEN
    const aws = fill(new SimulatedAws());
    // WHEN
    await drill(aws, 'orders', 'latest');
    // THEN
    expect(aws.asked.map(({ connection }) => connection.password)).toEqual(Array(4).fill(password));
    const stored = [...aws.objects.values()].map(({ body }) => body).join();
    for (const form of [password, JSON.stringify(password).slice(1, -1), encodeURIComponent(password)]) {
      expect(stored).not.toContain(form);
    }
  });

  test('given RDS shows new things late, the drill waits', async () => {
    const aws = fill(new SimulatedAws());
    aws.rds.hidden = 4;
    await drill(aws, 'members', 'latest', { twice: true });
    expect(aws.rds.accepted).toEqual(['Restore', 'CreateDBInstance', 'Modify']);
  });
});

describe('what RDS is asked for', () => {
  const restoredWith = async (place: 'primary' | 'replica', name: string, source: DrillSource) => {
    const aws = fill(new SimulatedAws(samplePlan(place)));
    const target = await drill(aws, name, source);
    return { aws, target, input: aws.rds.writes[0]?.input ?? {}, added: aws.rds.writes[1]?.input ?? {} };
  };

  test.each(everyDrill)('$name from $source in the $place Region is closed, tagged and easily deleted', async (one) => {
    const { target, input } = await restoredWith(one.place, one.name, one.source);
    expect(input).toMatchObject({
      DBSubnetGroupName: 'shop-drill',
      VpcSecurityGroupIds: ['sg-1'],
      Port: 5432,
      DeletionProtection: false,
      EnableIAMDatabaseAuthentication: false,
      EnableCloudwatchLogsExports: [],
      BackupRetentionPeriod: one.name === 'orders' ? 0 : 1,
      Tags: [
        { Key: 'fukugen:purpose', Value: 'restore-drill' },
        { Key: 'fukugen:policy', Value: 'shop' },
        { Key: 'fukugen:database', Value: one.name },
        { Key: 'fukugen:execution', Value: 'monthly-2026-12' },
        { Key: 'fukugen:until', Value: '2026-12-01T11:00:00.000Z' },
      ],
    });
    expect(target.deadline).toBe('2026-12-01T09:00:00.000Z');
  });

  test('an instance stands alone, without an address outside', async () => {
    const { input } = await restoredWith('primary', 'orders', 'latest');
    const alone = { PubliclyAccessible: false, MultiAZ: false, AutoMinorVersionUpgrade: false };
    expect(input).toMatchObject({ ...alone, DBParameterGroupName: 'shop-orders-postgres17' });
    expect(input).not.toHaveProperty('DBInstanceClass');
  });

  test('a cluster gets an instance of its own, serverless and tagged as well', async () => {
    const { input, added, target } = await restoredWith('primary', 'members', 'latest');
    expect(input).toMatchObject({
      Engine: 'aurora-postgresql',
      EngineVersion: '17.4',
      ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 16 },
    });
    expect(added).toMatchObject({
      DBInstanceIdentifier: `${target.scratch}-1`,
      DBClusterIdentifier: target.scratch,
      DBInstanceClass: 'db.serverless',
      Tags: expect.arrayContaining([{ Key: 'fukugen:execution', Value: 'monthly-2026-12' }]),
    });
  });

  test('given no parameter group in the policy, the source lends its own in its own Region', async () => {
    const { input } = await restoredWith('primary', 'members', 'latest');
    expect(input).toMatchObject({ DBClusterParameterGroupName: 'of-production' });
    const { input: other } = await restoredWith('replica', 'members', 'copy');
    expect(other).not.toHaveProperty('DBClusterParameterGroupName');
  });

  test('given an instance without one, the source lends its own, unless its major version has changed since', async () => {
    // GIVEN
    const plan = samplePlan();
    const [{ parameterGroup: _, ...orders }] = plan.databases as [DrilledDatabase];
    const groupOf = async (version: string) => {
      const aws = fill(new SimulatedAws(samplePlan('primary', { databases: [orders] })));
      const source = aws.rds.find('instance', 'shop-orders');
      if (source) source.shown = { ...source.shown, EngineVersion: version };
      await drill(aws, 'orders', 'latest');
      return aws.rds.writes[0]?.input.DBParameterGroupName;
    };
    // THEN
    expect(await groupOf('17.9')).toBe('of-production');
    expect(await groupOf('18.1')).toBeUndefined();
  });

  test('given a class in the policy, the scratch has it', async () => {
    const plan = samplePlan();
    const databases = plan.databases.map((database) => ({ ...database, instanceClass: 'db.r8g.large' }));
    const aws = fill(new SimulatedAws({ ...plan, databases }));
    const orders = await drill(aws, 'orders', 'latest');
    expect(aws.rds.writes[0]?.input).toMatchObject({ DBInstanceClass: 'db.r8g.large' });
    expect(aws.read(drillKeys.origin(orders))).toMatchObject({ scratch: { instanceClass: 'db.r8g.large' } });
    const writes = aws.rds.writes.length;
    await drill(aws, 'members', 'latest');
    expect(aws.rds.writes[writes + 1]?.input).toMatchObject({ DBInstanceClass: 'db.r8g.large' });
  });

  test('a point in time in the replica Region comes from the replicated automated backups', async () => {
    const { input } = await restoredWith('replica', 'orders', 'point-in-time');
    expect(input).toMatchObject({
      SourceDBInstanceAutomatedBackupsArn: 'arn:aws:rds:ap-northeast-3:111122223333:auto-backup:ab-orders',
    });
    expect(input).not.toHaveProperty('SourceDBInstanceIdentifier');
  });

  test('the class and the version that RDS chose are noted', async () => {
    const { aws, target } = await restoredWith('primary', 'orders', 'latest');
    const note = aws.read(drillKeys.origin(target)) as OriginNote;
    expect(note.scratch).toEqual({ identifier: target.scratch, instanceClass: 'db.t4g.large', engineVersion: '17.4' });
  });
});
