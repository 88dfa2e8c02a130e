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
  /** Milliseconds since 1970, by the clock of the function. */
  readonly deadline: number;
  /** Milliseconds by which that clock is ahead. */
  readonly ahead: number;
}

let clockAhead = 0;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given: [] | [number]) {
    if (given.length > 0) super(...(given as [number]));
    else super(RealDate.now() + clockAhead);
  }
  static override now() {
    return RealDate.now() + clockAhead;
  }
} as DateConstructor;

// AWS's clients pause before they try again, for a random part of a time that grows to seconds: here for a twentieth of that.
const { random } = Math;
Math.random = () => random() / 20;

const bundle = createRequire(import.meta.url)(file) as Record<string, (event: unknown, context: object) => unknown>;
process.on('message', async ({ id, event, deadline, ahead }: Invocation) => {
  clockAhead = ahead;
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
