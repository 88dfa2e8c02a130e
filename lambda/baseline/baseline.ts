import type { FingerprintAnswer } from '../checker/messages.ts';
import { mustHideSecret, withoutSecret } from '../operator/redact.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import type { BaselineHost } from './host.ts';
import type { BaselineRequest } from './messages.ts';

/** What the checker does not get of our time: it is to answer before its own time is over, a minute earlier than ours. */
const marginMilliseconds = 120_000;

/**
 * Notes what production holds now, for drills to compare with.
 *
 * @throws an error without the password, whatever the checker put into its own
 */
export async function takeBaseline(request: BaselineRequest, host: BaselineHost): Promise<{ readonly key: string }> {
  const { plan, notebook } = host;
  const database = plan.databases.find(({ name }) => name === request.database);
  if (!database) throw new Error(`the policy names no database ${request.database}`);
  const endpoint = await host.endpoint(database.kind, database.identifier);
  if (!endpoint) throw new Error(`the ${database.kind} ${database.identifier} has no endpoint`);
  const { username, password } = await host.credentials(request.secret);
  const now = host.now().getTime();
  const answer = await host
    .ask(request.reader, {
      task: 'fingerprint',
      connection: { ...endpoint, user: username, password },
      deadline: new Date(now + host.remainingMilliseconds() - marginMilliseconds).toISOString(),
      settings: { checks: {}, freshness: database.freshness, own: [], asOf: new Date(now).toISOString() },
    })
    .catch((error: unknown) => {
      throw withoutSecret(error, password);
    });
  const { takenAt } = mustHideSecret(answer as FingerprintAnswer, password);
  const key = drillKeys.baseline(plan.primaryRegion, database.name, takenAt);
  await notebook.settle(key, answer);
  return { key };
}
