import { drillKeys } from '../shared/drill-keys.ts';
import { operatorError } from './errors.ts';
import type { OperatorHost } from './host.ts';
import type { DrillTarget, Progress } from './messages.ts';
import { noteSecret } from './progress.ts';
import { thingOfCluster, thingOfInstance } from './rds-things.ts';
import { memberName, type Thing, untilOf } from './scratch.ts';
import { mayAppear, noteSeen } from './sightings.ts';

/**
 * Asks for what is left to be deleted, instances before their cluster, and is asked again until RDS shows nothing any more.
 *
 * @throws `NotOurs` for what this drill did not make, after what it made; `DrillTimeout` when the janitor takes over
 */
export async function tearDown(target: DrillTarget, host: OperatorHost): Promise<Progress> {
  const left = await leftOf(target, host);
  let foreign: unknown;
  for (const thing of left) {
    // RDS is at it already.
    if (thing.status === 'deleting') continue;
    try {
      await host.guard.remove(thing, target);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'NotOurs')) throw error;
      foreign ??= error;
    }
  }
  if (foreign) throw foreign;
  if (left.length === 0 && !(await isMoreToCome(target, host))) return { done: true };
  if (host.now() > untilOf(target)) {
    const names = left.map(({ kind, id }) => `the ${kind} ${id}`).join(', ') || `the secret of ${target.scratch}`;
    throw operatorError('DrillTimeout', `${names} is still there; the janitor goes on with it`);
  }
  return { done: false };
}

/** What has to go next: the instances, then the cluster, then what RDS kept of them. */
async function leftOf(target: DrillTarget, host: OperatorHost): Promise<readonly Thing[]> {
  const { kind, scratch } = target;
  const cluster = kind === 'cluster' ? await host.cluster(scratch) : undefined;
  await noteSecret(target, cluster?.MasterUserSecret?.SecretArn, host);
  const members = (cluster?.DBClusterMembers ?? []).map(({ DBInstanceIdentifier = '' }) => DBInstanceIdentifier);
  const names = kind === 'cluster' ? new Set([memberName(scratch), ...members]) : [scratch];
  const instances: Thing[] = [];
  for (const name of names) {
    const instance = await host.instance(name);
    if (!instance) continue;
    await noteSeen(target, name, host);
    instances.push(thingOfInstance(instance));
    if (kind === 'instance') await noteSecret(target, instance.MasterUserSecret?.SecretArn, host);
  }
  if (instances.length > 0) return instances;
  if (cluster) {
    await noteSeen(target, scratch, host);
    return [thingOfCluster(cluster)];
  }
  return host.remains(kind, scratch);
}

/** What RDS was asked for and shows late, and the secret that it deletes a little after the scratch. */
async function isMoreToCome(target: DrillTarget, host: OperatorHost): Promise<boolean> {
  const { kind, scratch } = target;
  if (await mayAppear(target, scratch, 'restore-asked', host)) return true;
  if (kind === 'cluster' && (await mayAppear(target, memberName(scratch), 'instance-asked', host))) return true;
  const noted = await host.notebook.read<{ readonly arn: string }>(drillKeys.secret(target));
  return noted !== undefined && (await host.hasSecret(noted.arn));
}
