import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { accountOf, type Place } from '../../core/policy/index.ts';
import { Baselines } from '../constructs/baselines.ts';
import { DrillFunctions } from '../constructs/drill-functions.ts';
import { DrillMachine } from '../constructs/drill-machine.ts';
import { DrillNetwork } from '../constructs/drill-network.ts';
import { DrillSchedule } from '../constructs/drill-schedule.ts';
import { drillTimes } from '../constructs/drill-times.ts';
import { EvidenceBucket } from '../constructs/evidence-bucket.ts';
import { EvidenceReplication } from '../constructs/evidence-replication.ts';
import { zonesOf } from '../constructs/network.ts';
import { type DrillInputs, drillPlanOf } from '../drill-plan.ts';

export interface DrillStackProps extends StackProps {
  readonly inputs: DrillInputs;
  readonly place: Place;
  /** Name of the only role that may delete evidence and end its key. @default - see EvidenceBucket */
  readonly breakGlassRole?: string | undefined;
}

/** The rehearsal of restores in one Region, from what that Region has: it needs nothing of the other one. */
export class DrillStack extends Stack {
  override get availabilityZones(): string[] {
    return zonesOf(this.region);
  }

  constructor(scope: Construct, id: string, props: DrillStackProps) {
    super(scope, id, props);
    const { inputs, place, breakGlassRole } = props;
    const plan = drillPlanOf(inputs, place);
    const { scratch, ofChecker } = new DrillNetwork(this, 'Network', { subnetGroup: plan.subnetGroup });
    const bucket = new EvidenceBucket(this, 'Evidence', { policyName: plan.policy, breakGlassRole });
    // The primary's stack is deployed last, and S3 wants the destination to be there: it sees to both ways.
    const { cloud } = inputs;
    if (place === 'primary' && cloud.replica.account === undefined) {
      new EvidenceReplication(this, 'Replication', {
        policyName: plan.policy,
        bucket,
        region: cloud.replica.region,
      });
    }
    const times = drillTimes(plan);
    const { operator, recorder, janitor } = new DrillFunctions(this, 'Functions', {
      plan,
      times,
      bucket,
      scratch,
      network: ofChecker,
      databaseAccount: accountOf(inputs.cloud, 'primary') ?? this.account,
    });
    const { databases } = cloud;
    // Production is in the primary Region; what is read there is replicated to the other one's bucket.
    if (place === 'primary' && Object.values(databases).some(({ drill }) => drill.baseline)) {
      new Baselines(this, 'Baselines', { plan, times, databases, bucket });
    }
    const { machine } = new DrillMachine(this, 'Drill', { plan, operator, recorder });
    new DrillSchedule(this, 'Schedule', {
      policyName: plan.policy,
      drills: cloud.drills,
      timezone: plan.timezone,
      machine,
      janitor: janitor.function,
    });
    new CfnOutput(this, 'MachineArn', { value: machine.stateMachineArn, description: 'Rehearses restores' });
    new CfnOutput(this, 'EvidenceBucketName', { value: bucket.bucketName, description: 'Where the evidence is' });
  }
}
