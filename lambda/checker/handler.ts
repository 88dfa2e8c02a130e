import { withoutSecret } from '../operator/redact.ts';
import { type PackedAnswer, packed } from '../shared/packed-answer.ts';
import { runBatch } from './batch.ts';
import { takeFingerprint } from './fingerprint.ts';
import type { BatchAnswer, CheckerRequest, FingerprintAnswer, SurveyAnswer } from './messages.ts';
import { survey } from './survey.ts';

/** For the answer itself, and for the server to notice that a statement's time is over. */
const marginMilliseconds = 15_000;

type Answer = SurveyAnswer | BatchAnswer | FingerprintAnswer;

/**
 * Speaks SQL to one server, and nothing else to anybody: it has no AWS permission, and its network leads to scratch databases only.
 *
 * @throws an error without the password
 */
export async function handler(
  request: CheckerRequest,
  context: { getRemainingTimeInMillis(): number },
): Promise<Answer | PackedAnswer> {
  const end = Date.now() + context.getRemainingTimeInMillis() - marginMilliseconds;
  const deadline = Math.min(end, Date.parse(request.deadline));
  try {
    return await packed(await answerTo(request, deadline));
  } catch (error) {
    throw withoutSecret(error, request.connection.password);
  }
}

function answerTo(request: CheckerRequest, deadline: number): Promise<Answer> {
  switch (request.task) {
    case 'survey':
      return survey(request, deadline);
    case 'batch':
      return runBatch(request, deadline);
    case 'fingerprint':
      return takeFingerprint(request, deadline);
  }
}
