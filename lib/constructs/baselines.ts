import { Duration, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type CloudPolicy, type DatabasePolicy, isMade } from '../../core/policy/index.ts';
import type { BaselineRequest } from '../../lambda/baseline/messages.ts';
import type { DrillPlan } from '../../lambda/shared/drill-plan.ts';
import { drillFunctionName, readerFunctionName } from '../drill-names.ts';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import { BaselineReader } from './baseline-reader.ts';
import { BundledFunction, type FunctionNetwork } from './bundled-function.ts';
import { planFile } from './drill-functions.ts';
import { baselineStatements, wildcardsOf } from './drill-permissions.ts';
import type { drillTimes } from './drill-times.ts';
import type { EvidenceBucket } from './evidence-bucket.ts';

export interface BaselinesProps {
  readonly plan: DrillPlan;
  readonly times: ReturnType<typeof drillTimes>;
  readonly databases: CloudPolicy['databases'];
  readonly bucket: EvidenceBucket;
}

type Baseline = NonNullable<DatabasePolicy['drill']['baseline']>;

/**
 * Records every day what production holds, so that drills compare with it. The function that reads the secret never reaches a
 * database; it asks a reader in the network of each, of which this app has those of databases it makes beside them.
 */
export class Baselines extends Construct {
  constructor(scope: Construct, id: string, { plan, times, databases, bucket }: BaselinesProps) {
    super(scope, id);
    const wanted = Object.entries(databases).flatMap(([name, database]) =>
      database.drill.baseline ? [{ name, database, baseline: database.drill.baseline }] : [],
    );
    const requests = wanted.map(
      ({ name, baseline }): BaselineRequest => ({
        database: name,
        secret: baseline.secret,
        reader: readerFunctionName(plan.policy, name),
      }),
    );
    const statements = baselineStatements(this, { plan, bucket }, requests);
    const baseline = new BundledFunction(this, 'Function', {
      folder: 'baseline',
      functionName: drillFunctionName(plan.policy, 'baseline'),
      files: { [planFile]: `${JSON.stringify(plan)}\n` },
      description: `Records what databases of ${plan.policy} hold, for drills to compare with`,
      statements,
      environment: { DRILL_PLAN: planFile, BUCKET: bucket.bucketName },
      timeout: Duration.seconds(times.operator),
      memory: 512,
    });
    acknowledgeWildcards(baseline.role, statements, {
      ...wildcardsOf(plan),
      ...Object.fromEntries(
        requests.map(({ secret }) => [`secret:${secret}-??????`, 'AWS chooses the last six characters']),
      ),
    });
    // Reading all of production once a day is enough, and not at once again when it failed.
    baseline.function.configureAsyncInvoke({ retryAttempts: 0 });
    for (const [index, { name, database, baseline: own }] of wanted.entries()) {
      new events.Rule(this, `Daily-${name}`, {
        description: `Has recorded what ${name} of ${plan.policy} holds`,
        schedule: events.Schedule.rate(Duration.days(1)),
        targets: [
          new LambdaFunction(baseline.function, {
            event: events.RuleTargetInput.fromObject(requests[index] as object),
          }),
        ],
      });
      if (isMade(database) || !own.network) continue;
      const network = networkOf(this, name, own.network);
      new BaselineReader(this, `Reader-${name}`, { policyName: plan.policy, database: name, network });
    }
  }
}

function networkOf(scope: Construct, name: string, given: NonNullable<Baseline['network']>): FunctionNetwork {
  const { vpc: vpcId, subnets, securityGroups } = given;
  Validations.of(scope).acknowledge({
    id: 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId',
    reason: 'A function is put into the subnet, and nothing is routed anew',
  });
  return {
    // Neither the zones nor other subnets matter to a function whose subnets are named.
    vpc: ec2.Vpc.fromVpcAttributes(scope, `Vpc-${name}`, {
      vpcId,
      availabilityZones: Stack.of(scope).availabilityZones,
    }),
    subnets: { subnets: subnets.map((one) => ec2.Subnet.fromSubnetId(scope, `${name}-${one}`, one)) },
    securityGroups: securityGroups.map((one) => ec2.SecurityGroup.fromSecurityGroupId(scope, `${name}-${one}`, one)),
  };
}
