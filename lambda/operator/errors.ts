import type { OperatorErrorName, StepOperation } from './messages.ts';

/** @returns an error that the machine knows by its name */
export function operatorError(name: OperatorErrorName, message: string, cause?: unknown): Error {
  const error = new Error(message, { cause });
  error.name = name;
  return error;
}

/** What AWS's clients throw, as far as it matters here. */
interface ServiceFailure extends Error {
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly code?: string;
}

/** RDS is busy with the database, or S3 with another writer: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. */
const busy = /^(InvalidDB\w*State(Fault)?|ConditionalRequestConflict|OperationAborted|ResourceConflictException)$/;

/** AWS has no host or no storage for it at the moment, more often in a small Region: it is there an hour later, or not. */
const scarce = /^Insufficient\w*Capacity(Fault)?$/;

/** Every name that services have for "slower". */
const throttled = /^(Throttl\w*|RequestLimitExceeded|RequestThrottled\w*|TooManyRequests\w*|SlowDown)$/;

/** The answer was lost on the way: nobody knows whether the call was carried out, which a second delivery finds out. */
const lost = /^(TimeoutError|RequestTimeout\w*|NetworkingError|AbortError)$/;
const lostCode = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;

/** Whether the same call may succeed later. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, code = '', $fault, $metadata = {} } = error as ServiceFailure;
  const { httpStatusCode = 0 } = $metadata;
  if ([busy, scarce, throttled, lost].some((names) => names.test(name)) || lostCode.test(code)) return true;
  return httpStatusCode === 429 || httpStatusCode >= 500 || $fault === 'server';
}

const ours: readonly string[] = [
  'NotYet',
  'DrillTimeout',
  'NothingToRestore',
  'ScratchLost',
  'NotOurs',
] satisfies OperatorErrorName[];

/**
 * What leaves the function: the step in front, since that is all the machine's history shows of it, and one name for
 * everything that is worth another try. An error of AWS keeps its own name.
 */
export function explained(operation: StepOperation | 'choose', error: unknown): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const known = ours.includes(name);
  const text = known || name === 'Error' ? message : `${name}: ${message}`;
  const result = new Error(`${operation}: ${text}`);
  result.name = !known && isTransient(error) ? 'NotYet' : name;
  return result;
}
