import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { drillFunctionArn, readerFunctionName } from '../drill-names.ts';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import { BundledFunction, type FunctionNetwork } from './bundled-function.ts';
import { networkInterfaceStatements } from './drill-permissions.ts';
import { drillTimes } from './drill-times.ts';

export interface BaselineReaderProps {
  readonly policyName: string;
  /** Name of the database in the policy. */
  readonly database: string;
  /** Where its clients are. */
  readonly network: FunctionNetwork;
}

/**
 * The checker beside one production database: it reads what drills compare with, as the role that its caller names, and has no
 * permission in AWS either.
 */
export class BaselineReader extends Construct {
  constructor(scope: Construct, id: string, { policyName, database, network }: BaselineReaderProps) {
    super(scope, id);
    const functionName = readerFunctionName(policyName, database);
    const statements = networkInterfaceStatements(drillFunctionArn(this, functionName));
    const { checker } = drillTimes({ databases: [], concurrency: 1, timeLimitSeconds: 0 });
    const { role } = new BundledFunction(this, 'Function', {
      folder: 'checker',
      functionName,
      description: `Reads what ${database} of ${policyName} holds, and has no permission in AWS`,
      statements,
      timeout: Duration.seconds(checker),
      memory: 1_024,
      network,
    });
    acknowledgeWildcards(role, statements, { '*': 'Network interfaces have no resource before they are there' });
  }
}
