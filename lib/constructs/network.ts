import { Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/**
 * Two zones by letter. Tokyo gives no `b` to accounts opened since 2013, so `a` and `c`; `a` and `b` exist in the other
 * Regions that RDS for PostgreSQL runs in.
 */
const lettersByRegion: Record<string, readonly string[]> = { 'ap-northeast-1': ['a', 'c'] };

/**
 * What a stack with a Network returns as its `availabilityZones`. Zones that are only passed to the Vpc do not do: it
 * compares them with the stack's, and with an account in the policy CDK then asks AWS for those, which fails the synth
 * of anyone without credentials.
 */
export function zonesOf(region: string): string[] {
  return (lettersByRegion[region] ?? ['a', 'b']).map((letter) => `${region}${letter}`);
}

/** A network with no way out: an isolated subnet in each zone of its stack, and a record of every refused connection. */
export class Network extends Construct {
  readonly vpc: ec2.IVpc;

  constructor(scope: Construct, id: string) {
    super(scope, id);

    this.vpc = new ec2.Vpc(this, 'Vpc', {
      natGateways: 0,
      subnetConfiguration: [{ name: 'database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
      // Vpc declares an optional property of IVpc as `string | undefined`, which exactOptionalPropertyTypes refuses.
    }) as ec2.IVpc;
    Validations.of(this.vpc).acknowledge({
      id: 'CloudFormation-Validate::W3010',
      reason:
        'The Region is fixed by the policy, so its zones are too; zones chosen by AWS could differ at the next deployment',
    });

    this.vpc.addFlowLog('Refused', {
      // Accepted traffic is the application's own and costs with its volume; a refusal here is a mistake or an intruder.
      trafficType: ec2.FlowLogTrafficType.REJECT,
      destination: ec2.FlowLogDestination.toCloudWatchLogs(
        new logs.LogGroup(this, 'RefusedLog', { retention: logs.RetentionDays.THREE_MONTHS }),
      ),
    });
  }
}
