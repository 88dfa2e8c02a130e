import type { DBCluster, DBClusterSnapshot, DBInstance, DBSnapshot } from '@aws-sdk/client-rds';
import type { CheckerRequest } from '../checker/messages.ts';
import type { Credentials } from '../shared/credentials.ts';
import type { DrillPlan } from '../shared/drill-plan.ts';
import type { Notebook } from '../shared/notebook.ts';
import type { Guard } from './guard.ts';
import type { Thing } from './scratch.ts';

/** What the operator needs of the world. All that changes RDS is behind the guard. */
export interface OperatorHost {
  readonly plan: DrillPlan;
  readonly settings: OperatorSettings;
  readonly notebook: Notebook;
  readonly guard: Guard;
  now(): Date;
  /** Uniform, from 0 inclusive to `below` exclusive, and nothing that anybody can foresee. */
  random(below: number): number;
  /** How long this invocation may still take. */
  remainingMilliseconds(): number;
  /** Completed snapshots of one database in the Region's vault, the newest first. */
  recoveryPoints(resourceArn: string): Promise<readonly RecoveryPoint[]>;
  instance(identifier: string): Promise<DBInstance | undefined>;
  cluster(identifier: string): Promise<DBCluster | undefined>;
  instanceSnapshot(identifier: string): Promise<DBSnapshot | undefined>;
  clusterSnapshot(identifier: string): Promise<DBClusterSnapshot | undefined>;
  /** Of an instance of this Region, or replicated to it from another. */
  automatedBackups(instanceArn: string): Promise<(RestoreWindow & { readonly arn: string }) | undefined>;
  remains(kind: 'instance' | 'cluster', scratch: string): Promise<readonly Thing[]>;
  /** The master password of a scratch, by the ARN of its secret. */
  credentials(secretArn: string): Promise<Credentials>;
  /** Whether a secret is neither gone nor on its way. */
  hasSecret(secretArn: string): Promise<boolean>;
  /** @throws what the checker threw */
  check(request: CheckerRequest): Promise<unknown>;
}

/** Known only at deployment. */
export interface OperatorSettings {
  /** Of the databases: a copy keeps their ARN. */
  readonly account: string;
  readonly partition: string;
  /** Of every scratch. */
  readonly securityGroup: string;
}

export interface RecoveryPoint {
  readonly arn: string;
  readonly createdAt: Date;
}

/** Any moment between the two can be restored. */
export interface RestoreWindow {
  readonly earliest: Date | undefined;
  readonly latest: Date | undefined;
  readonly engineVersion: string | undefined;
  readonly gibibytes?: number | undefined;
}
