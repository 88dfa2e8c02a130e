import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { scratchPort } from '../../lambda/shared/drill-plan.ts';
import type { FunctionNetwork } from './bundled-function.ts';
import { Network } from './network.ts';

const postgres = ec2.Port.tcp(scratchPort);

/**
 * Where scratch databases live: a network of their own, with no way in or out, in which one door leads from the checker to them.
 * Production is not in it and cannot be reached from it.
 */
export class DrillNetwork extends Construct {
  /** Of every scratch: the checker may connect, and it may connect to nothing. */
  readonly scratch: ec2.ISecurityGroup;
  readonly ofChecker: FunctionNetwork;

  /** @param subnetGroup - its name */
  constructor(scope: Construct, id: string, { subnetGroup }: { readonly subnetGroup: string }) {
    super(scope, id);
    const { vpc } = new Network(this, 'Network');
    const subnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    const closed = (name: string, description: string) =>
      new ec2.SecurityGroup(this, name, { vpc, description, allowAllOutbound: false });
    const checker = closed('Checker', 'Looks into restored databases');
    this.scratch = closed('Scratch', 'Holds restored databases');
    checker.addEgressRule(this.scratch, postgres, 'Looks into restored databases');
    this.scratch.addIngressRule(checker, postgres, 'Is looked into by the checker');
    this.ofChecker = { vpc, subnets, securityGroups: [checker] };
    new rds.SubnetGroup(this, 'SubnetGroup', {
      subnetGroupName: subnetGroup,
      description: 'Where restores are rehearsed: isolated from everything',
      vpc,
      vpcSubnets: subnets,
    });
  }
}
