import { z } from 'zod';
import { duration, path, size } from '../fields.ts';
import { common } from './common.ts';
import { argumentArray, environment } from './programs.ts';

/** What a program prints. */
export const command = z.strictObject({
  kind: z.literal('command'),
  command: argumentArray,
  /** Where it runs. @default - beside the policy */
  folder: path.default('.'),
  environment,
  /** Less is a failure: a program may print nothing and still end with 0. */
  minSize: size().prefault('1B'),
  timeout: duration({ min: '1s', max: '7d' }).prefault('1h'),
  compress: z.enum(['zstd', 'none']).default('zstd'),
  /** Where a restore puts what was printed. */
  output: path,
  /** `true`: only to stores that encrypt. */
  secret: z.boolean().default(false),
  ...common,
});
