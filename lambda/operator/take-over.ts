import type { DBCluster } from '@aws-sdk/client-rds';
import { drillKeys } from '../shared/drill-keys.ts';
import { operatorError } from './errors.ts';
import type { OperatorHost } from './host.ts';
import type { DrillTarget } from './messages.ts';
import { noteSecret, refuseBroken } from './progress.ts';

/**
 * The source's password is not used: RDS rotates it every seven days by default, so it need not be that of an older recovery
 * point (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html).
 *
 * @throws `ScratchLost`, `NotOurs`
 */
export async function takeOver(target: DrillTarget, host: OperatorHost): Promise<void> {
  const { kind, scratch } = target;
  const found = kind === 'instance' ? await host.instance(scratch) : await host.cluster(scratch);
  if (!found) throw operatorError('ScratchLost', `${scratch} is gone, and this drill did not delete it`);
  refuseBroken(scratch, 'DBInstanceStatus' in found ? found.DBInstanceStatus : (found as DBCluster).Status);
  if (found.MasterUserSecret) return noteSecret(target, found.MasterUserSecret.SecretArn, host);
  await host.notebook.settle(drillKeys.mark(target, 'password-asked'), { at: host.now().toISOString() });
  await host.guard.takeOver(kind, target);
}
