import { z } from 'zod';
import { disagreements } from './agreement.ts';
import { cadence } from './cadence.ts';
import { databases } from './databases.ts';
import { drills } from './drills.ts';
import { notices } from './notices.ts';
import { misplacedSecrets, secrets } from './secrets.ts';
import { settingsExport } from './settings-export.ts';
import { uploads } from './uploads.ts';
import { lock } from './vaults.ts';

const twelveDigits = 'write the twelve digits of an AWS account, in quotes';
const account = z.string(twelveDigits).regex(/^\d{12}$/, twelveDigits);

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'write an AWS Region such as ap-northeast-1');

export const cloud = z
  .strictObject({
    /**
     * @default - the account of the credentials at deployment
     */
    account: account.optional(),
    primary: z.strictObject({ region: region.default('ap-northeast-1'), lock }).prefault({}),
    replica: z
      .strictObject({
        region: region.default('ap-northeast-3'),
        /**
         * A second account of the same organization, which the vault of the copies belongs to: whoever takes over the account
         * of the databases cannot delete them (docs/adr/0009-second-account.md).
         * @default - the account of the databases
         */
        account: account.optional(),
        lock,
      })
      .prefault({}),
    /**
     * Name of an IAM role, kept for emergencies, that alone may delete recovery points, change who may, and have the keys
     * deleted. Everything else is denied it, the deployment included: a change of these policies is deployed with that role.
     * With `replica.account` there is one in each account.
     * @default - nothing may delete recovery points; who may change that is up to IAM
     */
    breakGlassRole: z
      .string()
      .regex(/^[\w+=,.@-]{1,64}$/, 'write the name of an IAM role, without its ARN')
      .optional(),
    cadence: cadence.prefault({}),
    databases,
    /** Once a month every database is restored and its contents are checked; `false` switches it off. */
    drills: z.union([z.literal(false), drills]).prefault({}),
    notices,
    /** @default - no bucket is backed up */
    uploads: uploads.optional(),
    /** @default - no secret is replicated */
    secrets: secrets.optional(),
    /** @default - no settings are exported */
    settingsExport: settingsExport.optional(),
  })
  .superRefine(
    (policy, context) => {
      for (const { path, message } of [...disagreements(policy), ...misplacedSecrets(policy)]) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
    },
    { when: () => true },
  );
