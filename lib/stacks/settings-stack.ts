import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type CloudPolicy, kindOf } from '../../core/policy/index.ts';
import { ProtectedKey } from '../constructs/protected-key.ts';
import { SettingsExport } from '../constructs/settings-export.ts';
import { bucketName, VersionedBucket } from '../constructs/versioned-bucket.ts';
import { databaseIdentifier } from '../names.ts';

export interface SettingsStackProps extends StackProps {
  readonly policyName: string;
  readonly databases: CloudPolicy['databases'];
  readonly settingsExport: NonNullable<CloudPolicy['settingsExport']>;
  /** Whose templates are exported, beside its own. */
  readonly stacks: readonly Stack[];
  /** Of the infrastructure whose settings are exported. */
  readonly primaryRegion: string;
  /** Name of the only role that may end the key. @default - up to IAM */
  readonly breakGlassRole?: string | undefined;
}

/**
 * How the primary Region is set, written down in the replica Region by a function that runs there. A template tells what was
 * declared; this tells what was there, of adopted databases and of settings made by hand too.
 */
export class SettingsStack extends Stack {
  constructor(scope: Construct, id: string, props: SettingsStackProps) {
    super(scope, id, props);
    const { policyName, databases, settingsExport, stacks, primaryRegion, breakGlassRole } = props;
    const key = new ProtectedKey(this, 'Key', {
      alias: `${policyName}-settings`,
      description: `Encrypts the exported settings of ${policyName}`,
      breakGlassRole,
    });
    const bucket = new VersionedBucket(this, 'Bucket', {
      name: bucketName(this, policyName, 'settings'),
      key,
      keepDays: settingsExport.keep.days,
      withoutAccessLog:
        'It holds no secrets and has one writer, whose runs are in its own log; a log would need a bucket too',
    });
    const identifiers = (kind: 'instance' | 'cluster') =>
      Object.entries(databases)
        .filter(([, database]) => kindOf(database) === kind)
        .map(([name, database]) => databaseIdentifier(policyName, name, database));
    new SettingsExport(this, 'Export', {
      policyName,
      everyDays: settingsExport.every.days,
      request: {
        region: primaryRegion,
        instances: identifiers('instance'),
        clusters: identifiers('cluster'),
        // CloudFormation shows a template to nobody of another account.
        stacks: [...stacks, this]
          .filter(({ account }) => account === this.account)
          .map(({ stackName, region }) => ({ name: stackName, region })),
        // CloudFormation begins a generated name with that of the stack.
        functions: { prefix: `${policyName}-`, names: settingsExport.functions },
      },
      bucket,
      key,
    });
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName, description: 'Where the exported settings are' });
  }
}
