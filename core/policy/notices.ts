import { z } from 'zod';

/** Who hears of trouble in the cloud half. */
export const notices = z
  .strictObject({
    /** Each address has to confirm a mail of AWS, once for each Region. */
    email: z.array(z.email('write an e-mail address')).default([]),
    slack: z
      .strictObject({
        /**
         * Name of the secret in Secrets Manager whose text is the address of an incoming webhook. It has to exist in both
         * Regions: a replicated secret does. With `replica.account`, the one of the replica Region belongs to that account, where
         * it is made by hand.
         */
        webhookSecret: z.string().regex(/^[\w/+=.@-]{1,512}$/, 'write the name of a secret, without its ARN'),
      })
      .optional(),
    /**
     * Where people read the folder `runbooks` of this repository, such as https://github.com/OWNER/REPO/blob/main/runbooks.
     * @default - notices name the path in the repository
     */
    runbooks: z.url({ protocol: /^https$/, error: 'write an https address' }).optional(),
  })
  .prefault({});
