import { describe, expect, test } from '@jest/globals';
import { type AwsCall, HangUp } from '../../../rehearsal/aws/endpoint.ts';
import { ServiceError } from '../../../rehearsal/aws/protocol.ts';
import { runs } from '../../helpers/thorough.ts';
import { cluster, drillWithFault, expectNothingLeftAndNoHarm, instance, scene } from './fault-scene.ts';

type CallFault = 'is denied' | 'is never answered';

/** As often as a client tries by itself: then the machine has to. */
const throttledCalls = 4;

function nameOf({ caller, service, operation }: AwsCall): string {
  return `${caller} ${service}:${operation}`;
}

function failCalls(which: string, fault: CallFault): void {
  scene.cloud.watch = (call) => {
    if (nameOf(call) !== which) return;
    if (fault === 'is denied') throw new ServiceError('AccessDenied', 'User is not authorized to perform this', 403);
    throw new HangUp();
  };
}

/** @returns how often each was refused */
function throttleCalls(which: readonly string[]): ReadonlyMap<string, number> {
  const refused = new Map(which.map((call) => [call, 0]));
  scene.cloud.watch = (call) => {
    const times = refused.get(nameOf(call)) ?? throttledCalls;
    if (times === throttledCalls) return;
    refused.set(nameOf(call), times + 1);
    throw new ServiceError('ThrottlingException', 'Rate exceeded', 400);
  };
  return refused;
}

describe('a drill in which a call fails', () => {
  test('the drill that goes well asks for what is expected', () => {
    const short = [...scene.asked.keys()].map((call) => call.replace('hoshizora-drill-', ''));
    expect(short.filter((call) => call.startsWith('operator rds:')).map((call) => call.split(':')[1])).toEqual([
      'CreateDBInstance',
      'DeleteDBCluster',
      'DeleteDBInstance',
      'DescribeDBClusterAutomatedBackups',
      'DescribeDBClusterSnapshots',
      'DescribeDBClusters',
      'DescribeDBInstanceAutomatedBackups',
      'DescribeDBInstances',
      'DescribeDBSnapshots',
      'ModifyDBCluster',
      'ModifyDBInstance',
      'RestoreDBClusterFromSnapshot',
      'RestoreDBInstanceFromDBSnapshot',
    ]);
    expect(short.filter((call) => !call.startsWith('operator rds:'))).toEqual([
      'operator backup:ListRecoveryPointsByBackupVault',
      'operator lambda:Invoke',
      'operator s3:GetObject',
      'operator s3:ListObjectsV2',
      'operator s3:PutObject',
      'operator secretsmanager:DescribeSecret',
      'operator secretsmanager:GetSecretValue',
      'recorder monitoring:PutMetricData',
      'recorder s3:GetObject',
      'recorder s3:ListObjectsV2',
      'recorder s3:PutObject',
      'recorder sns:Publish',
    ]);
    expect(scene.states).toEqual([
      'Choose',
      'Restore',
      'IsRestored',
      'AddInstance',
      'IsInstanceAdded',
      'TakeOver',
      'IsTakenOver',
      'Survey',
      'Check',
      'Record',
      'TearDown',
      'Conclude',
    ]);
  });

  test.each<CallFault>(['is denied', 'is never answered'])(
    'given any call that %s, the verdict is red, the cause is named, and nothing is left',
    async (fault) => {
      const green: string[] = [];
      const unnamed: string[] = [];
      for (const [call, name] of scene.asked) {
        failCalls(call, fault);
        const execution = await drillWithFault(name);
        if (execution.status === 'SUCCEEDED') green.push(call);
        else if (!execution.cause) unnamed.push(call);
        expectNothingLeftAndNoHarm();
      }
      expect({ green, unnamed }).toEqual({ green: [], unnamed: [] });
    },
  );

  test.each([instance, cluster])(
    'given every call of a drill of %s throttled for a while, the drill goes through',
    async (name) => {
      const calls = [...scene.asked].filter(([, asking]) => asking === name).map(([call]) => call);
      // All of them in one drill, as an account is throttled, or one after the other.
      for (const which of runs(0, 1) ? calls.map((call) => [call]) : [calls]) {
        const refused = throttleCalls(which);
        const execution = await drillWithFault(name, { mostRetries: Number.POSITIVE_INFINITY });
        expect([which, execution.status, execution.cause]).toEqual([which, 'SUCCEEDED', undefined]);
        expect([...refused.values()]).toEqual(which.map(() => throttledCalls));
        expectNothingLeftAndNoHarm();
      }
    },
  );
});
