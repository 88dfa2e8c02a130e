import { z } from 'zod';
import { size } from '../fields.ts';
import { hooks } from './hooks.ts';

/** What a source of any kind may have. */
export const common = {
  /** What `fukugen plan` reckons with; what is left out it calls unknown. */
  expected: z.strictObject({ data: size().optional() }).optional(),
  hooks: hooks.optional(),
};
