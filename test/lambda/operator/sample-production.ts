import type { SimulatedAws } from './simulated-aws.ts';

const account = '111122223333';

export const ordersArn = `arn:aws:rds:ap-northeast-1:${account}:db:shop-orders`;
const membersArn = `arn:aws:rds:ap-northeast-1:${account}:cluster:shop-members`;

/** Recovery points by the hour before now, the newest last, each with its snapshot; automated backups; and production itself. */
export function fill(aws: SimulatedAws, count = 3): SimulatedAws {
  const { plan, rds } = aws;
  const region = plan.place === 'primary' ? plan.primaryRegion : plan.replicaRegion;
  const job = plan.place === 'primary' ? 'job' : 'copyjob';
  for (let index = 0; index < count; index += 1) {
    const at = new Date(aws.now.getTime() - (count - index) * 3_600_000);
    const later = (minutes: number) => new Date(at.getTime() + minutes * 60_000);
    const ofInstance = `awsbackup:${job}-orders-${index}`;
    const ofCluster = `awsbackup:${job}-members-${index}`;
    const shared = { BackupVaultName: plan.vault, Status: 'COMPLETED' as const, CreationDate: at };
    aws.points.push(
      {
        ...shared,
        ResourceArn: ordersArn,
        RecoveryPointArn: `arn:aws:rds:${region}:${account}:snapshot:${ofInstance}`,
      },
      {
        ...shared,
        ResourceArn: membersArn,
        RecoveryPointArn: `arn:aws:rds:${region}:${account}:cluster-snapshot:${ofCluster}`,
      },
    );
    rds.instanceSnapshots.push({
      DBSnapshotIdentifier: ofInstance,
      DBInstanceIdentifier: 'shop-orders',
      SnapshotType: 'awsbackup',
      SnapshotDatabaseTime: later(5),
      SnapshotCreateTime: later(plan.place === 'replica' ? 60 : 7),
      OriginalSnapshotCreateTime: later(7),
      AllocatedStorage: 20,
      EngineVersion: '17.4',
    });
    rds.clusterSnapshots.push({
      DBClusterSnapshotIdentifier: ofCluster,
      DBClusterIdentifier: 'shop-members',
      SnapshotType: 'manual',
      SnapshotCreateTime: later(6),
      EngineVersion: '17.4',
      ...(plan.place === 'replica' && {
        SourceDBClusterSnapshotArn: 'arn:aws:rds:ap-northeast-1:1:cluster-snapshot:x',
      }),
    });
  }
  const EarliestTime = new Date(aws.now.getTime() - 14 * 86_400_000);
  const LatestTime = new Date(aws.now.getTime() - 240_000);
  rds.instanceBackups.push({
    DBInstanceArn: ordersArn,
    DBInstanceIdentifier: 'shop-orders',
    DBInstanceAutomatedBackupsArn: `arn:aws:rds:${region}:${account}:auto-backup:ab-orders`,
    Status: plan.place === 'primary' ? 'active' : 'replicating',
    RestoreWindow: { EarliestTime, LatestTime },
    AllocatedStorage: 20,
    EngineVersion: '17.4',
  });
  if (plan.place === 'primary') {
    rds.add('instance', 'shop-orders', [{ Key: 'team', Value: 'shop' }], {
      EngineVersion: '17.5',
      DBParameterGroups: [{ DBParameterGroupName: 'of-production' }],
    });
    rds.add('cluster', 'shop-members', [{ Key: 'team', Value: 'shop' }], {
      EngineVersion: '17.5',
      DBClusterParameterGroup: 'of-production',
      EarliestRestorableTime: EarliestTime,
      LatestRestorableTime: LatestTime,
    });
  }
  return aws;
}
