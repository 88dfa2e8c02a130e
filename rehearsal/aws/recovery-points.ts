import * as backup from '@aws-sdk/client-backup';
import { Operations } from './operations.ts';
import { ServiceError, ServiceProtocol } from './protocol.ts';

/** What a vault keeps of a database. */
export interface SimulatedRecoveryPoint {
  readonly region: string;
  readonly vault: string;
  /** Of the snapshot, in its own Region. */
  readonly arn: string;
  /** Of the database that it was made of. */
  readonly source: string;
  readonly createdAt: Date;
  readonly status: 'COMPLETED' | 'PARTIAL' | 'EXPIRED' | 'DELETING';
}

/** A page of AWS's holds 1,000; a small one shows that all are read. */
const pageSize = 3;

/** The vaults of AWS Backup, as far as the drill looks into them. */
export class RecoveryPoints {
  readonly points: SimulatedRecoveryPoint[] = [];
  readonly service = new Operations(new ServiceProtocol('rest-json', backup)).on(
    backup.ListRecoveryPointsByBackupVaultCommand,
    ({ BackupVaultName, ByResourceArn, NextToken }, { region }) => {
      const all = this.points.filter((one) => one.region === region && one.vault === BackupVaultName);
      if (all.length === 0) throw new ServiceError('ResourceNotFoundException', `no vault ${BackupVaultName}`);
      const found = all.filter((one) => ByResourceArn === undefined || one.source === ByResourceArn);
      const from = Number(NextToken ?? 0);
      const page = found.slice(from, from + pageSize);
      return {
        RecoveryPoints: page.map((one) => ({
          RecoveryPointArn: one.arn,
          BackupVaultName: one.vault,
          ResourceArn: one.source,
          Status: one.status,
          CreationDate: one.createdAt,
          IsEncrypted: true,
        })),
        ...(from + pageSize < found.length && { NextToken: `${from + pageSize}` }),
      };
    },
  );
}
