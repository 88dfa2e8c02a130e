import type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
import type { DrillMarkName, OriginNote } from '../../core/evidence/record.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import { operatorError } from './errors.ts';
import type { OperatorHost } from './host.ts';
import type { DrillTarget, Progress } from './messages.ts';
import { memberName } from './scratch.ts';
import { type Asked, mayAppear, noteSeen } from './sightings.ts';

/** In which RDS answers queries and takes modifications. */
const settled = /^(available|backing-up|storage-optimization|storage-initialization|storage-config-upgrade)$/;

/** From which RDS does not come back on its own: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html. */
const broken =
  /^(failed|delet\w*|stopp(ed|ing)|storage-full|incompatible-.*|inaccessible-encryption-credentials.*|restore-error|insufficient-capacity|cloning-failed|migration-failed)$/;

/** @throws `ScratchLost` */
export async function isRestored(target: DrillTarget, host: OperatorHost): Promise<Progress> {
  const found = target.kind === 'instance' ? await host.instance(target.scratch) : await host.cluster(target.scratch);
  const status = found && ('DBInstanceStatus' in found ? found.DBInstanceStatus : (found as DBCluster).Status);
  if (!(await isSettled(target, target.scratch, status, 'restore-asked', host))) return { done: false };
  if (target.kind === 'instance') await noteInstance(target, found as DBInstance, host);
  return reached(target, 'available', host);
}

export async function isInstanceAdded(target: DrillTarget, host: OperatorHost): Promise<Progress> {
  const name = memberName(target.scratch);
  const found = await host.instance(name);
  if (!(await isSettled(target, name, found?.DBInstanceStatus, 'instance-asked', host))) return { done: false };
  await noteInstance(target, found as DBInstance, host);
  return reached(target, 'instance-available', host);
}

/** RDS resets the password and then says so twice: the secret is active, and nothing waits to be applied. */
export async function isTakenOver(target: DrillTarget, host: OperatorHost): Promise<Progress> {
  const { kind, scratch } = target;
  const found = kind === 'instance' ? await host.instance(scratch) : await host.cluster(scratch);
  const status = found && ('DBInstanceStatus' in found ? found.DBInstanceStatus : (found as DBCluster).Status);
  const hasSettled = await isSettled(target, scratch, status, undefined, host);
  const isActive = found?.MasterUserSecret?.SecretStatus === 'active';
  await noteSecret(target, found?.MasterUserSecret?.SecretArn, host);
  const isPending = found?.PendingModifiedValues?.MasterUserPassword !== undefined;
  return hasSettled && isActive && !isPending ? reached(target, 'password-taken', host) : { done: false };
}

/** Storage is loaded from S3 behind an instance that is available already. Aurora does not tell. */
export async function isLoaded(target: DrillTarget, host: OperatorHost): Promise<Progress> {
  if (target.kind === 'cluster') return { done: true };
  const found = await host.instance(target.scratch);
  const hasSettled = await isSettled(target, target.scratch, found?.DBInstanceStatus, undefined, host);
  return hasSettled && found?.StorageOperationStatus === undefined ? reached(target, 'loaded', host) : { done: false };
}

/**
 * @param asked - what made it; it has been seen since when there is none
 * @throws `ScratchLost` when RDS says that it failed, or it is gone
 */
async function isSettled(
  target: DrillTarget,
  name: string,
  status: string | undefined,
  asked: Asked | undefined,
  host: OperatorHost,
): Promise<boolean> {
  if (status === undefined) {
    if (asked && (await mayAppear(target, name, asked, host))) return false;
    throw operatorError('ScratchLost', `${name} is gone, and this drill did not delete it`);
  }
  refuseBroken(name, status);
  if (asked) await noteSeen(target, name, host);
  return settled.test(status);
}

/** @throws `ScratchLost`: RDS would refuse whatever it is asked for, and it would look as if it were busy */
export function refuseBroken(name: string, status: string | undefined): void {
  if (status !== undefined && broken.test(status)) {
    throw operatorError('ScratchLost', `RDS says that ${name} is ${status}`);
  }
}

/** The ARN, which is no secret: tear-down looks whether it went with the scratch. */
export async function noteSecret(target: DrillTarget, arn: string | undefined, host: OperatorHost): Promise<void> {
  if (arn) await host.notebook.settle(drillKeys.secret(target), { arn });
}

async function reached(target: DrillTarget, mark: DrillMarkName, { notebook, now }: OperatorHost): Promise<Progress> {
  await notebook.settle(drillKeys.mark(target, mark), { at: now().toISOString() });
  return { done: true };
}

/** The class is the source's when the policy names none: only RDS knows it. */
async function noteInstance(target: DrillTarget, found: DBInstance, { notebook }: OperatorHost): Promise<void> {
  const key = drillKeys.origin(target);
  const note = await notebook.read<OriginNote>(key);
  const { DBInstanceClass: instanceClass, EngineVersion: engineVersion } = found;
  if (!note || (note.scratch.instanceClass === instanceClass && note.scratch.engineVersion === engineVersion)) return;
  const scratch = { ...note.scratch, ...(instanceClass && { instanceClass }), ...(engineVersion && { engineVersion }) };
  await notebook.write(key, { ...note, scratch } satisfies OriginNote);
}
