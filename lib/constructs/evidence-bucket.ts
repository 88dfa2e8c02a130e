import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { evidenceBucketName, evidenceKeyAlias } from '../drill-names.ts';
import { exceptRole } from '../names.ts';
import { ProtectedKey } from './protected-key.ts';
import { VersionedBucket } from './versioned-bucket.ts';

/** Of what is kept: `drillKeys` has all that is written. */
export const keptPrefixes = ['evidence/', 'fingerprints/', 'baselines/', 'reports/'] as const;

export interface EvidenceBucketProps {
  readonly policyName: string;
  /** Name of the only role that may delete evidence and end its key. @default - nothing may delete evidence */
  readonly breakGlassRole?: string | undefined;
}

/** Where the records of drills are kept, each locked for as long as the policy says, and their working notes for 30 days. */
export class EvidenceBucket extends VersionedBucket {
  readonly key: ProtectedKey;

  constructor(scope: Construct, id: string, { policyName, breakGlassRole }: EvidenceBucketProps) {
    const key = new ProtectedKey(scope, `${id}Key`, {
      alias: evidenceKeyAlias(policyName),
      description: `Encrypts the evidence of the drills of ${policyName}`,
      breakGlassRole,
    });
    super(scope, id, {
      name: evidenceBucketName(scope, policyName),
      key,
      keepDays: 30,
      objectLock: true,
      lifecycleRules: [{ id: 'working-notes', prefix: 'work/', expiration: Duration.days(30) }],
      withoutAccessLog: 'Records name what was checked and hold no row; who writes them is in the log of the functions',
    });
    this.key = key;
    // Apart from the lock of each object, which whoever may bypass governance could take off.
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'KeepEvidence',
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'],
        resources: keptPrefixes.map((prefix) => this.arnForObjects(`${prefix}*`)),
        ...(breakGlassRole && { conditions: exceptRole(this, breakGlassRole) }),
      }),
    );
  }
}
