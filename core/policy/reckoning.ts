import { z } from 'zod';
import { duration, size } from './fields.ts';

/** What `fukugen plan` reckons with for one database. Nothing here is deployed; what is left out it assumes, and says so. */
export const reckoning = {
  /** Stricter or looser than those of the whole policy. */
  objectives: z
    .strictObject({
      /** @default - the policy's */
      rpo: duration({ min: '1m' }).optional(),
      /** @default - the policy's */
      rto: duration({ min: '1m' }).optional(),
    })
    .optional(),
  expected: z
    .strictObject({
      /** How much of the storage is in use. @default - all of it */
      data: size().optional(),
      /** How much of it is written anew in a day. @default - 5 % of the data */
      dailyChange: size().optional(),
      /** From the start of a snapshot job to a usable recovery point. @default - 15m */
      snapshot: duration({ min: '1m', max: '7d' }).optional(),
      /** From there to a usable copy in the replica Region. @default - 45m */
      copy: duration({ min: '1m', max: '7d' }).optional(),
    })
    .optional(),
};
