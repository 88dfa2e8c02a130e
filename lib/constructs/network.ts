import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/**
 * Two zones by letter, since asking AWS for them would need credentials at synth. Tokyo has no `b` for accounts opened
 * after 2013, so `a` and `c`; `a` and `b` exist in the other Regions that RDS for PostgreSQL runs in.
 */
const zonesByRegion: Record<string, readonly string[]> = { 'ap-northeast-1': ['a', 'c'] };

/** A network with no way out: two isolated subnets for databases, and a record of every refused connection. */
export class Network extends Construct {
  readonly vpc: ec2.IVpc;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { region } = Stack.of(this);

    this.vpc = new ec2.Vpc(this, 'Vpc', {
      availabilityZones: (zonesByRegion[region] ?? ['a', 'b']).map((letter) => `${region}${letter}`),
      natGateways: 0,
      subnetConfiguration: [{ name: 'database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
      // Vpc declares an optional property of IVpc as `string | undefined`, which exactOptionalPropertyTypes refuses.
    }) as ec2.IVpc;

    this.vpc.addFlowLog('Refused', {
      // Accepted traffic is the application's own and costs with its volume; a refusal here is a mistake or an intruder.
      trafficType: ec2.FlowLogTrafficType.REJECT,
      destination: ec2.FlowLogDestination.toCloudWatchLogs(
        new logs.LogGroup(this, 'RefusedLog', { retention: logs.RetentionDays.THREE_MONTHS }),
      ),
    });
  }
}
