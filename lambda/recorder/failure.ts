import type { DrillCause } from '../../core/evidence/record.ts';
import type { CaughtError } from './messages.ts';

/** Characters; a cause may be 32 KiB, and belongs into a line of a notice. */
const longest = 1_000;

/** What Step Functions caught, in the words of whoever threw it. */
export function causeOf(failure: CaughtError & { readonly step?: string }): DrillCause {
  const text = sentenceOf(failure).slice(0, longest);
  // The operator begins every sentence with its step.
  const step = failure.step ?? /^([a-z][a-z-]+): /.exec(text)?.[1] ?? 'drill';
  return { step, error: failure.Error, text };
}

/** A function's error comes as JSON with `errorMessage`; a time-out of Step Functions itself has no cause at all. */
function sentenceOf({ Error: name, Cause: cause }: CaughtError): string {
  const known: Readonly<Record<string, string>> = {
    'States.Timeout': 'a step of the machine took longer than it may',
    'States.DataLimitExceeded': 'the state of the machine grew beyond 256 KiB',
  };
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    if (typeof errorMessage === 'string' && errorMessage !== '') return errorMessage;
  } catch {
    // Not a function's: as it stands.
  }
  return cause || known[name] || name;
}
