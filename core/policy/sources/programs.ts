import { z } from 'zod';
import { secret } from '../fields.ts';

/** A program and its arguments; there is no shell, so nothing needs quoting and nothing is expanded. */
export const argumentArray = z
  .array(z.string())
  .min(1, 'write a program and its arguments')
  .refine(([program]) => program !== '', 'the first item is the program, and it is empty');

/** Secrets for a program, by the variable it reads; arguments are public. */
export const environment = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'write the name of an environment variable'), secret())
  .default({});
