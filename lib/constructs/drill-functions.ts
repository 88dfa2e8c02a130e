import { Duration, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { DrillPlan } from '../../lambda/shared/drill-plan.ts';
import { type DrillFunctionName, drillFunctionArn, drillFunctionName, noticesName } from '../drill-names.ts';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import { BundledFunction, type BundledFunctionProps, type FunctionNetwork } from './bundled-function.ts';
import {
  janitorStatements,
  networkInterfaceStatements,
  operatorStatements,
  recorderStatements,
  wildcardsOf,
} from './drill-permissions.ts';
import type { drillTimes } from './drill-times.ts';
import type { EvidenceBucket } from './evidence-bucket.ts';

/** Beside the code of whoever knows the policy. */
export const planFile = 'drill-plan.json';

export interface DrillFunctionsProps {
  readonly plan: DrillPlan;
  readonly times: ReturnType<typeof drillTimes>;
  readonly bucket: EvidenceBucket;
  /** Of every scratch. */
  readonly scratch: ec2.ISecurityGroup;
  /** Where the checker is. */
  readonly network: FunctionNetwork;
  /** That the databases belong to: a copy keeps their ARN, wherever it is. */
  readonly databaseAccount: string;
}

/**
 * The functions of the drill. Who speaks to AWS never speaks to a database, and who speaks to a database has no way to AWS and no
 * permission there: what a restored database could do to its reader ends in a closed network.
 */
export class DrillFunctions extends Construct {
  readonly operator: BundledFunction;
  readonly checker: BundledFunction;
  readonly recorder: BundledFunction;
  readonly janitor: BundledFunction;

  constructor(scope: Construct, id: string, props: DrillFunctionsProps) {
    super(scope, id);
    const { plan, times, bucket, scratch, network, databaseAccount } = props;
    const { partition, account, region } = Stack.of(this);
    const wildcards = wildcardsOf(plan);
    const made = (id: string, own: BundledFunctionProps) => {
      const made = new BundledFunction(this, id, own);
      acknowledgeWildcards(made.role, own.statements, wildcards);
      return made;
    };
    const named = (name: DrillFunctionName) => ({ folder: name, functionName: drillFunctionName(plan.policy, name) });
    const planned = { files: { [planFile]: `${JSON.stringify(plan)}\n` } };
    const environment = {
      DRILL_PLAN: planFile,
      BUCKET: bucket.bucketName,
      ACCOUNT: databaseAccount,
      PARTITION: partition,
    };
    const permissions = { plan, bucket };

    this.checker = made('Checker', {
      ...named('checker'),
      description: `Looks into restored databases of ${plan.policy}, and has no permission in AWS`,
      statements: networkInterfaceStatements(drillFunctionArn(this, drillFunctionName(plan.policy, 'checker'))),
      timeout: Duration.seconds(times.checker),
      memory: 1_024,
      network,
    });
    this.operator = made('Operator', {
      ...named('operator'),
      ...planned,
      description: `Restores databases of ${plan.policy} for a drill, and deletes only those`,
      statements: operatorStatements(this, permissions),
      environment: {
        ...environment,
        CHECKER: drillFunctionName(plan.policy, 'checker'),
        SECURITY_GROUP: scratch.securityGroupId,
      },
      timeout: Duration.seconds(times.operator),
      memory: 512,
    });
    this.recorder = made('Recorder', {
      ...named('recorder'),
      ...planned,
      description: `Records what drills of ${plan.policy} found`,
      statements: recorderStatements(this, permissions),
      environment: {
        ...environment,
        TOPIC: `arn:${partition}:sns:${region}:${account}:${noticesName(plan.policy)}`,
      },
      timeout: Duration.seconds(times.recorder),
      memory: 1_024,
    });
    this.janitor = made('Janitor', {
      ...named('janitor'),
      ...planned,
      description: `Removes what drills of ${plan.policy} left behind`,
      statements: janitorStatements(this, permissions),
      environment,
      timeout: Duration.minutes(10),
    });
  }
}
