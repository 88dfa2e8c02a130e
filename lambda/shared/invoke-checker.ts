import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CheckerRequest } from '../checker/messages.ts';
import { unpacked } from './packed-answer.ts';

/** Reading a database takes minutes, and what was lost on the way must not be begun a second time beside the first. */
export function checkerClient(): LambdaClient {
  return new LambdaClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 900_000 },
  });
}

/**
 * Asks the checker and waits for its answer: nothing keeps the payload of a synchronous invocation.
 *
 * @throws what the checker threw, in its words
 */
export async function invokeChecker(lambda: LambdaClient, checker: string, request: CheckerRequest): Promise<unknown> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: checker, InvocationType: 'RequestResponse', Payload: JSON.stringify(request) }),
  );
  const answer: unknown = JSON.parse(Payload?.transformToString() || 'null');
  if (FunctionError) {
    const { errorType = FunctionError, errorMessage = 'it did not say why' } = Object(answer) as {
      errorType?: string;
      errorMessage?: string;
    };
    throw new Error(`the checker failed: ${errorType}: ${errorMessage}`);
  }
  if (typeof answer !== 'object' || answer === null) throw new Error('the checker gave no answer');
  return unpacked(answer);
}
