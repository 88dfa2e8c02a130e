import { createRequire } from 'node:module';

/**
 * The runtime of one function, in a process of its own: loads its bundle, and answers one invocation after the other, as Lambda's
 * own runtime does.
 *
 * Arguments: file of the bundle, name of the exported handler.
 */
const [file, handler] = process.argv.slice(2) as [string, string];

interface Invocation {
  readonly id: number;
  readonly event: unknown;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

const bundle = createRequire(import.meta.url)(file) as Record<string, (event: unknown, context: object) => unknown>;
process.on('message', async ({ id, event, deadline }: Invocation) => {
  const context = { getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    const handle = bundle[handler];
    if (!handle) throw new Error(`${file} exports no ${handler}`);
    process.send?.({ id, answer: (await handle(event, context)) ?? null });
  } catch (error) {
    const { name, message, stack = '' } = error as Error;
    // As Lambda reports it (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html).
    process.send?.({ id, error: { errorType: name, errorMessage: message, trace: stack.split('\n') } });
  }
});
// Whoever asked is gone.
process.once('disconnect', () => process.exit());
