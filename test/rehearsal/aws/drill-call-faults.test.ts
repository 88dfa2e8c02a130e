import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HangUp } from '../../../rehearsal/aws/endpoint.ts';
import { ServiceError } from '../../../rehearsal/aws/protocol.ts';
import { drillWithFault, expectNothingLeftAndNoHarm, type FaultScene, patience, setFaultScene } from './fault-scene.ts';

let scene: FaultScene;

beforeAll(async () => {
  scene = await setFaultScene();
}, 120_000);
afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
});

type CallFault = 'is denied' | 'is throttled for a while' | 'is never answered';

/** As often as a client tries by itself: then the machine has to. */
const throttledCalls = 4;

function failCalls(which: string, fault: CallFault): void {
  let seen = 0;
  scene.cloud.watch = ({ caller, service, operation }) => {
    if (`${caller} ${service}:${operation}` !== which) return;
    seen++;
    if (fault === 'is denied') throw new ServiceError('AccessDenied', 'User is not authorized to perform this', 403);
    if (fault === 'is never answered') throw new HangUp();
    if (seen <= throttledCalls) throw new ServiceError('ThrottlingException', 'Rate exceeded', 400);
  };
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
        const execution = await drillWithFault(scene, name);
        if (execution.status === 'SUCCEEDED') green.push(call);
        else if (!execution.cause) unnamed.push(call);
        expectNothingLeftAndNoHarm(scene);
      }
      expect({ green, unnamed }).toEqual({ green: [], unnamed: [] });
    },
    patience,
  );

  test(
    'given any call that is throttled for a while, the drill goes through',
    async () => {
      const red: string[] = [];
      for (const [call, name] of scene.asked) {
        failCalls(call, 'is throttled for a while');
        const execution = await drillWithFault(scene, name, { mostRetries: throttledCalls });
        if (execution.status !== 'SUCCEEDED') red.push(`${call}: ${execution.cause}`);
        expectNothingLeftAndNoHarm(scene);
      }
      expect(red).toEqual([]);
    },
    patience,
  );
});
