import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { FukugenError } from '../../core/errors.ts';
import type { Inventory } from '../../lambda/sentinel/inventory.ts';
import { watcherRoleName } from '../names.ts';
import { BundledFunction } from './bundled-function.ts';
import { sentinelInterval } from './monitoring.ts';
import { acknowledgeWildcards, sentinelStatements } from './sentinel-permissions.ts';

/** A schedule's input has at most 8,192 characters (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html). */
const longestInput = 8_192;

/** The function that looks at every recovery point of this Region's vault, four times an hour, and can change none. */
export class Sentinel extends Construct {
  /** Runs that could not read something. */
  readonly errors: cloudwatch.IMetric;

  constructor(scope: Construct, id: string, { inventory }: { readonly inventory: Inventory }) {
    super(scope, id);
    const sentinel = new BundledFunction(this, 'Function', {
      folder: 'sentinel',
      description: `Watches the backups of ${inventory.policy} in this Region`,
      statements: sentinelStatements(this, inventory),
      // The reader of the other account trusts it by this name.
      ...(inventory.reader && { roleName: watcherRoleName(inventory.policy, 'sentinel') }),
      timeout: Duration.minutes(5),
    });
    acknowledgeWildcards(sentinel.role, this, inventory);
    this.errors = sentinel.function.metricErrors({ period: sentinelInterval });
    // A run that failed is not tried again: the next one is a quarter of an hour away and sees more.
    const retryAttempts = 0;
    sentinel.function.configureAsyncInvoke({ retryAttempts });

    // Whatever is not known before the deployment is longer here than there.
    const input = JSON.stringify(inventory);
    if (input.length > longestInput) {
      throw new FukugenError(
        'policy',
        `cloud.databases: the list of ${inventory.databases.length} databases does not fit into the sentinel's schedule (${input.length} of ${longestInput} characters)`,
        { next: 'split the policy into two with names of their own' },
      );
    }
    new events.Rule(this, 'Schedule', {
      description: `Has the backups of ${inventory.policy} in this Region looked at`,
      schedule: events.Schedule.rate(sentinelInterval),
      targets: [
        new LambdaFunction(sentinel.function, { event: events.RuleTargetInput.fromObject(inventory), retryAttempts }),
      ],
    });
  }
}
