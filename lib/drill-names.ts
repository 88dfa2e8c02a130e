import { createHash } from 'node:crypto';
import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { drillMachine, evidenceBucket } from '../core/policy/index.ts';

/** Functions of the drill, by the folder of `lambda/` that they are made of. */
export type DrillFunctionName = 'operator' | 'checker' | 'recorder' | 'janitor' | 'baseline';

/** Of the state machine, and of the group of subnets that every scratch is put in. */
export function drillName(policy: string): string {
  return drillMachine(policy);
}

export function drillFunctionName(policy: string, name: DrillFunctionName): string {
  return `${policy}-drill-${name}`;
}

/** Of the function that reads one production database for its baseline, in the network of that database. */
export function readerFunctionName(policy: string, database: string): string {
  const name = `${policy}-drill-reader-${database}`;
  // Lambda takes 64 characters (https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html).
  if (name.length <= 64) return name;
  return `${name.slice(0, 51)}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}

/** @param region - @default - that of the stack */
export function drillFunctionArn(scope: Construct, functionName: string, region?: string): string {
  return Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: functionName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    ...(region && { region }),
  });
}

export function drillMachineArn(scope: Construct, policy: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: drillName(policy),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** @param region - @default - that of the stack */
export function evidenceBucketName(scope: Construct, policy: string, region?: string): string {
  const { account, region: own } = Stack.of(scope);
  return evidenceBucket(policy, account, region ?? own);
}

/** Alias, without `alias/`, of the key of a Region's evidence. */
export function evidenceKeyAlias(policy: string): string {
  return `${policy}-evidence`;
}

/** Of the topic of a Region's notices, and the alias of its key: the stack that watches the Region makes both. */
export function noticesName(policy: string): string {
  return `${policy}-notices`;
}
