import type { OriginNote } from '../../core/evidence/record.ts';
import type { BatchAnswer, BatchRequest, CheckSettings, SurveyAnswer, SurveyRequest } from '../checker/messages.ts';
import { drillKeys } from '../shared/drill-keys.ts';
import type { DrilledDatabase } from '../shared/drill-plan.ts';
import { isTransient, operatorError } from './errors.ts';
import type { OperatorHost } from './host.ts';
import type { DrillTarget, Survey } from './messages.ts';
import { thingOfCluster, thingOfInstance } from './rds-things.ts';
import { mustHideSecret, withoutSecret } from './redact.ts';

/** What the checker does not get of our time: it is to answer before its own time is over, a minute earlier than ours. */
const marginMilliseconds = 120_000;

/** Lists what there is to check. The list stays, so that batches mean the same when this is delivered twice. */
export async function survey(target: DrillTarget, database: DrilledDatabase, host: OperatorHost): Promise<Survey> {
  const { notebook, now } = host;
  const key = drillKeys.survey(target);
  const answer =
    (await notebook.read<SurveyAnswer>(key)) ??
    (await notebook.settle(
      key,
      await asked<SurveyAnswer>(target, host, {
        task: 'survey',
        settings: await settingsOf(target, database, host),
      }),
    ));
  await notebook.settle(drillKeys.mark(target, 'surveyed'), { at: now().toISOString() });
  if (answer.batches.length === 0) await noteChecked(target, 0, host);
  return { batches: answer.batches.map((_, number) => number) };
}

/** One batch. What was answered once is not asked again. */
export async function check(
  target: DrillTarget,
  database: DrilledDatabase,
  number: number | undefined,
  host: OperatorHost,
): Promise<{ readonly batch: number }> {
  const { notebook } = host;
  const surveyed = await notebook.read<SurveyAnswer>(drillKeys.survey(target));
  const batch = surveyed?.batches[number ?? -1];
  if (!surveyed || !batch || number === undefined) {
    throw operatorError('NothingToRestore', `the survey of ${target.scratch} lists no batch ${number}`);
  }
  const key = drillKeys.batch(target, number);
  if (!(await notebook.read(key))) {
    const settings = await settingsOf(target, database, host);
    const answer = await asked<BatchAnswer>(target, host, { task: 'batch', batch, settings });
    await notebook.settle(key, answer);
  }
  await noteChecked(target, surveyed.batches.length, host);
  return { batch: number };
}

/** Batches are done side by side, in any order: the last one to be written ends the checks. */
async function noteChecked(target: DrillTarget, batches: number, { notebook, now }: OperatorHost): Promise<void> {
  const written = batches === 0 ? [] : await notebook.list(drillKeys.batches(target));
  if (written.length < batches) return;
  await notebook.settle(drillKeys.mark(target, 'checked'), { at: now().toISOString() });
}

type Untimed<Request> = Omit<Request, 'connection' | 'deadline'>;

/**
 * The password is read, handed over and forgotten within one invocation.
 *
 * @throws an error without the password, whatever the checker put into its own
 */
async function asked<Answer>(
  target: DrillTarget,
  host: OperatorHost,
  task: Untimed<SurveyRequest> | Untimed<BatchRequest>,
): Promise<Answer> {
  const { secretArn, ...endpoint } = await reach(target, host);
  const { username, password } = await host.credentials(secretArn);
  let answer: unknown;
  try {
    const connection = { ...endpoint, user: username, password };
    answer = await host.check({ ...task, connection, deadline: deadlineOf(target, host) });
  } catch (error) {
    const clean = withoutSecret(error, password);
    throw isTransient(error) ? operatorError('NotYet', clean.message) : clean;
  }
  return mustHideSecret(answer as Answer, password);
}

/** Only to what this drill made does a connection lead. */
async function reach({ kind, scratch, ...target }: DrillTarget, host: OperatorHost) {
  const instance = kind === 'instance' ? await host.instance(scratch) : undefined;
  const cluster = kind === 'cluster' ? await host.cluster(scratch) : undefined;
  const thing = instance ? thingOfInstance(instance) : cluster && thingOfCluster(cluster);
  if (!thing) throw operatorError('ScratchLost', `${scratch} is gone, and this drill did not delete it`);
  await host.guard.verify(thing, target);
  const address = instance?.Endpoint?.Address ?? cluster?.Endpoint;
  const port = instance?.Endpoint?.Port ?? cluster?.Port;
  const secretArn = (instance ?? cluster)?.MasterUserSecret?.SecretArn;
  if (!address || !port || !secretArn) {
    throw operatorError('NotYet', `RDS shows no endpoint or no secret of ${scratch}`);
  }
  return { host: address, port, secretArn };
}

/** Before ours, so that what was not reached is named in an answer and not lost in a time-out. */
function deadlineOf({ deadline }: DrillTarget, host: OperatorHost): string {
  const end = host.now().getTime() + host.remainingMilliseconds() - marginMilliseconds;
  return new Date(Math.min(end, Date.parse(deadline))).toISOString();
}

async function settingsOf(
  target: DrillTarget,
  { freshness, ownChecks = [] }: DrilledDatabase,
  host: OperatorHost,
): Promise<CheckSettings> {
  const { plan, notebook } = host;
  const note = await notebook.read<OriginNote>(drillKeys.origin(target));
  return {
    checks: plan.checks,
    freshness,
    own: [...plan.ownChecks, ...ownChecks],
    asOf: note?.origin.databaseTime ?? note?.origin.createdAt ?? target.startedAt,
    ...(note?.engineVersion && { engineVersion: note.engineVersion }),
  };
}
