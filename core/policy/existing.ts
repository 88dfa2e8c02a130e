import { z } from 'zod';

/** How a policy names a database that exists already, and what it keeps. */

export const identifier = z
  .string()
  .regex(/^[a-z](-?[a-z0-9])*$/, 'write the identifier as RDS shows it, in lower case')
  .max(63, 'RDS knows at most 63 characters');

const keyArn = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

/** The key policy of AWS's own `aws/rds` cannot be changed, so no other account can ever read what it encrypts. */
export const customerKey = z
  .string()
  .superRefine((text, context) => {
    if (/(^|\/)aws\/[a-z]+$/.test(text)) {
      const message =
        'nobody can let another account use a key of AWS, so what it encrypts cannot be copied to one; move the database to a customer managed key first (runbooks/en/adopt-database.md)';
      context.addIssue({ code: 'custom', message });
    } else if (!keyArn.test(text)) {
      const message = 'write the whole ARN of a key, such as arn:aws:kms:ap-northeast-1:111122223333:key/…';
      context.addIssue({ code: 'custom', message });
    }
  })
  .meta({ pattern: keyArn.source });

/** A declared database that exists already keeps what was made with it: none of this can be made anew around it. */
const kept = {
  identifier,
  /** Name of its subnet group. */
  subnetGroup: z.string().regex(/^[a-z0-9][a-z0-9 ._-]{0,254}$/, 'write the name of a subnet group as RDS shows it'),
  securityGroups: z
    .array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'write the id of a security group such as sg-0123456789abcdef0'))
    .min(1, 'name at least one security group'),
  /** Name of its parameter group; of a cluster the cluster's. */
  parameterGroup: z.string().regex(/^[A-Za-z][\w.-]{0,254}$/, 'write the name of a parameter group as RDS shows it'),
  /** ARN of the customer managed key that encrypts it. */
  key: customerKey,
};

export const existingInstance = z.strictObject(kept);

export const existingCluster = z.strictObject({
  ...kept,
  /** Identifiers of the writer and every reader. */
  instances: z.array(identifier).min(1, 'name the writer and every reader'),
});
