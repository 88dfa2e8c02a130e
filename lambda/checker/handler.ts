import { withoutSecret } from '../operator/redact.ts';
import { runBatch } from './batch.ts';
import { takeFingerprint } from './fingerprint.ts';
import type { BatchAnswer, CheckerRequest, FingerprintAnswer, SurveyAnswer } from './messages.ts';
import { survey } from './survey.ts';

/** For the answer itself, and for the server to notice that a statement's time is over. */
const marginMilliseconds = 15_000;

/**
 * Speaks SQL to one server, and nothing else to anybody: it has no AWS permission, and its network leads to scratch databases only.
 *
 * @throws an error without the password
 */
export async function handler(
  request: CheckerRequest,
  context: { getRemainingTimeInMillis(): number },
): Promise<SurveyAnswer | BatchAnswer | FingerprintAnswer> {
  const end = Date.now() + context.getRemainingTimeInMillis() - marginMilliseconds;
  const deadline = Math.min(end, Date.parse(request.deadline));
  try {
    switch (request.task) {
      case 'survey':
        return await survey(request, deadline);
      case 'batch':
        return await runBatch(request, deadline);
      case 'fingerprint':
        return await takeFingerprint(request, deadline);
    }
  } catch (error) {
    throw withoutSecret(error, request.connection.password);
  }
}
