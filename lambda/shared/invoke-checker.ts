import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { CheckerRequest } from '../checker/messages.ts';

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
  return answer;
}
