import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DrillTarget } from '../../../lambda/operator/messages.ts';
import { tagsOf } from '../../../lambda/operator/scratch.ts';
import { drillKeys } from '../../../lambda/shared/drill-keys.ts';
import { choose, deliver } from './drive.ts';
import { fill } from './sample-production.ts';
import { SimulatedAws } from './simulated-aws.ts';

async function chosen(name: 'orders' | 'members') {
  const aws = fill(new SimulatedAws());
  const [target] = (await choose(aws, { databases: [{ name, source: 'latest' }] })) as [DrillTarget];
  return { aws, target, tags: tagsOf(aws.plan, target) };
}

const asList = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Ways in which a thing may disagree with the drill that looks at it. */
const names = ['its own', 'without the prefix', "another drill's"] as const;
const tagChanges = ['none', 'all', 'purpose', 'policy', 'execution', 'database'] as const;
const notes = ['its own', 'none', "another scratch's"] as const;

describe('deletion', () => {
  test('happens only when name, tags and the note of the drill all agree', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('orders' as const, 'members' as const),
        fc.constantFrom(...names),
        fc.constantFrom(...tagChanges),
        fc.boolean(),
        fc.constantFrom(...notes),
        async (database, name, change, isMissing, note) => {
          // GIVEN
          const { aws, target, tags } = await chosen(database);
          const identifier =
            name === 'its own'
              ? target.scratch
              : name === 'without the prefix'
                ? 'shop-orders-2'
                : 'shop-drill-0123456789ab';
          const key = `fukugen:${change}`;
          const { [key]: _, ...others } = tags;
          const found =
            change === 'none' ? tags : change === 'all' ? {} : isMissing ? others : { ...others, [key]: 'another' };
          aws.rds.add(target.kind, identifier, asList(found));
          const scratch = { identifier: note === 'its own' ? target.scratch : 'shop-drill-fedcba987654' };
          if (note !== 'none') await aws.host.notebook.write(drillKeys.origin(target), { origin: {}, scratch });
          // WHEN
          const thing = { kind: target.kind, id: identifier, of: identifier, status: 'available', tags };
          const thrown = await aws.host.guard.remove(thing, target).catch((error: Error) => error);
          // THEN
          const agrees = name === 'its own' && change === 'none' && note === 'its own';
          expect(aws.rds.writes.map((write) => write.target)).toEqual(agrees ? [identifier] : []);
          if (agrees) expect(thrown).toBeUndefined();
          else expect(thrown).toMatchObject({ name: 'NotOurs' });
        },
      ),
      { numRuns: 400 },
    );
  });

  test('asks RDS again what the thing is: what a list said an hour ago does not count', async () => {
    const { aws, target, tags } = await chosen('orders');
    await aws.host.notebook.write(drillKeys.origin(target), { origin: {}, scratch: { identifier: target.scratch } });
    aws.rds.add('instance', target.scratch, [{ Key: 'team', Value: 'shop' }]);
    const listed = { kind: 'instance' as const, id: target.scratch, of: target.scratch, status: 'available', tags };
    await expect(aws.host.guard.remove(listed, target)).rejects.toMatchObject({ name: 'NotOurs' });
    expect(aws.rds.writes).toEqual([]);
  });

  test('of what is gone already is nothing', async () => {
    const { aws, target, tags } = await chosen('orders');
    const listed = { kind: 'instance' as const, id: target.scratch, of: target.scratch, status: 'available', tags };
    await aws.host.guard.remove(listed, target);
    expect(aws.rds.writes).toEqual([]);
  });
});

describe('given something has the name of the scratch and was not made by this drill', () => {
  test.each(['orders', 'members'] as const)('%s is not restored over it, and it stays', async (name) => {
    const { aws, target } = await chosen(name);
    aws.rds.add(target.kind, target.scratch, [{ Key: 'team', Value: 'shop' }]);
    for (const operation of ['restore', 'take-over', 'survey', 'tear-down'] as const) {
      await expect(deliver(aws, { operation, target })).rejects.toMatchObject({
        name: 'NotOurs',
        message: `${operation}: the ${target.kind} ${target.scratch} was not made by this drill: its tags do not say that it is a restore drill's of the policy shop`,
      });
    }
    expect(aws.rds.writes).toEqual([]);
    expect(aws.asked).toEqual([]);
  });

  test('and RDS shows it only when it is asked for the same, it is refused then', async () => {
    const { aws, target } = await chosen('orders');
    aws.rds.add('instance', target.scratch, [{ Key: 'team', Value: 'shop' }]).hidden = 1;
    await expect(deliver(aws, { operation: 'restore', target })).rejects.toMatchObject({ name: 'NotOurs' });
    expect(aws.rds.accepted).toEqual([]);
  });

  test('as the instance of a cluster, it is not taken for it', async () => {
    const { aws, target } = await chosen('members');
    await deliver(aws, { operation: 'restore', target });
    aws.rds.add('instance', `${target.scratch}-1`, [], { DBClusterIdentifier: 'shop-members' } as never);
    await expect(deliver(aws, { operation: 'add-instance', target })).rejects.toMatchObject({
      name: 'NotOurs',
      message: `add-instance: the instance ${target.scratch}-1 was not made by this drill: it belongs to the cluster shop-members`,
    });
  });

  test("another drill's is not this one's", async () => {
    const { aws, target, tags } = await chosen('orders');
    await aws.host.notebook.write(drillKeys.origin(target), { origin: {}, scratch: { identifier: target.scratch } });
    aws.rds.add('instance', target.scratch, asList({ ...tags, 'fukugen:execution': 'weekly' }));
    await expect(deliver(aws, { operation: 'tear-down', target })).rejects.toThrow(
      'its tags name another drill: weekly, orders',
    );
  });
});

describe('making', () => {
  test.each([
    ['shop-orders', 'this drill does not make shop-orders'],
    ['shop-drill-0123456789ab', 'this drill does not make shop-drill-0123456789ab'],
  ])('%s is refused', async (DBInstanceIdentifier, sentence) => {
    const { aws, target } = await chosen('orders');
    await aws.host.notebook.write(drillKeys.origin(target), { origin: {}, scratch: { identifier: target.scratch } });
    const { guard } = aws.host;
    const input = { DBInstanceIdentifier, DBSnapshotIdentifier: 'any' };
    await expect(guard.restore({ call: 'instance-from-snapshot', input }, target)).rejects.toThrow(sentence);
    const member = { DBInstanceIdentifier, DBInstanceClass: 'db.serverless', Engine: 'aurora-postgresql' };
    await expect(guard.addInstance(member, target)).rejects.toThrow(sentence);
    expect(aws.rds.writes).toEqual([]);
  });

  test('before the drill noted it is refused as well', async () => {
    const { aws, target } = await chosen('orders');
    const input = { DBInstanceIdentifier: target.scratch, DBSnapshotIdentifier: 'any' };
    await expect(aws.host.guard.restore({ call: 'instance-from-snapshot', input }, target)).rejects.toMatchObject({
      name: 'NotOurs',
    });
  });
});

describe('the sources', () => {
  const root = resolve(import.meta.dirname, '../../../lambda');
  const writing =
    /\b(?:Restore|Create|Modify|Delete|Reboot|Stop|Start|Failover|Promote|Add|Remove|Copy|Reset|Switchover)DB\w*Command\b|\b(?:Delete|Put|Update|Create|Rotate)Secret\w*Command\b|\b(?:Start|Delete|Put|Update|Create)(?:Restore|Backup|Recovery|Copy)\w*Command\b/g;

  test('only the guard calls what changes RDS, in the functions of the drill', async () => {
    const found: string[] = [];
    for (const folder of ['operator', 'janitor', 'baseline', 'checker', 'recorder']) {
      for (const name of await readdir(join(root, folder))) {
        const text = await readFile(join(root, folder, name), 'utf8');
        if (text.match(writing)) found.push(`${folder}/${name}`);
      }
    }
    // It is found there, so it would be found elsewhere.
    expect(found).toEqual(['operator/guard.ts']);
  });
});
