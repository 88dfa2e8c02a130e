import { z } from 'zod';
import { duration } from '../fields.ts';
import { argumentArray, environment } from './programs.ts';

/** Programs to run before and after a source is captured, beside the policy, each as a list of program and arguments. */
export const hooks = z.strictObject({
  /** One that fails keeps the source out of this generation, and the run from being called a success. */
  before: z.array(argumentArray).default([]),
  /** Run in any case once `before` has begun, also when that or the capture failed: what was stopped is started again. */
  after: z.array(argumentArray).default([]),
  environment,
  /** For each of them. */
  timeout: duration({ min: '1s', max: '1d' }).prefault('10m'),
});
