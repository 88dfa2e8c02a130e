import { z } from 'zod';
import { name } from './fields.ts';

/**
 * The secrets that RDS makes and rotates for master users, and those of other services, have a `!` in their names. That they can
 * be replicated was found documented nowhere, and a restored database gets a new one: they are refused, not tried.
 */
const isManaged = (text: string) => text.includes('!');
const managed = 'a service of AWS owns a secret with a ! in its name, and RDS makes a new one for a restored database';

const secretName = z
  .string()
  .regex(/^[\w/+=.@!-]{1,512}$/, 'write the name of a secret, without its ARN')
  .refine((text) => !isManaged(text), managed);

const secretArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+-[A-Za-z0-9]{6}$/,
    'write the whole ARN of a secret, with the six characters that AWS put behind its name',
  )
  .refine((text) => !isManaged(text), managed);

/** A secret that this project makes, with a random value that nobody has seen. */
const declared = z.strictObject({ kind: z.literal('declared') });

/** A secret that exists already. It is replicated, its value never read, and it stays as it is when the stack goes. */
const adopted = z
  .strictObject({ kind: z.literal('adopted'), name: secretName.optional(), arn: secretArn.optional() })
  .refine(
    (secret) => (secret.name === undefined) !== (secret.arn === undefined),
    'give either the name or the ARN of the secret',
  );

/** Secrets of Secrets Manager, kept in the replica Region as well, under a key there. AWS Backup does not take them. */
export const secrets = z.record(name, z.discriminatedUnion('kind', [declared, adopted]));

interface WithSecrets {
  readonly primary?: { readonly region?: string };
  readonly secrets?:
    | Readonly<
        Record<
          string,
          { readonly arn?: string | undefined } | { readonly kind: 'declared'; readonly arn?: never } | null
        >
      >
    | undefined;
}

/** Secrets whose ARN is of another Region than the primary one. Other mistakes may be in what is given. */
export function misplacedSecrets(cloud: WithSecrets | null) {
  const region = cloud?.primary?.region;
  return Object.entries(cloud?.secrets ?? {}).flatMap(([name, secret]) => {
    const own = typeof secret?.arn === 'string' ? secret.arn.split(':')[3] : undefined;
    if (!own || !region || own === region) return [];
    const message = `the secret is in "${own}"; name the one of the primary Region "${region}"`;
    return [{ path: ['secrets', name, 'arn'], message }];
  });
}
