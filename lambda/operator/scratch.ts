import { createHash } from 'node:crypto';
import { type DrillPlan, scratchPurpose, scratchTags } from '../shared/drill-plan.ts';
import type { DrillTarget } from './messages.ts';

/** What a drill makes in RDS, and what RDS may make of that. */
export type ThingKind =
  | 'instance'
  | 'cluster'
  | 'instance-snapshot'
  | 'cluster-snapshot'
  | 'instance-backup'
  | 'cluster-backup';

/** Something in RDS that may or may not be a drill's. */
export interface Thing {
  readonly kind: ThingKind;
  /** That its calls take: of automated backups the resource id. */
  readonly id: string;
  /** Identifier of the instance or cluster that it is, or that it was made of. */
  readonly of: string;
  /** Of a member of a cluster. */
  readonly cluster?: string;
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A drill of one database. */
export interface DrillIdentity {
  readonly execution: string;
  readonly database: string;
}

/** Nobody else's identifier looks like this, and nobody can guess it for a drill that has not begun. */
export function scratchName({ scratchPrefix }: Pick<DrillPlan, 'scratchPrefix'>, of: DrillIdentity): string {
  const digest = createHash('sha256').update(`${of.execution}/${of.database}`).digest('hex');
  return `${scratchPrefix}${digest.slice(0, 12)}`;
}

/** The only instance of a scratch cluster. */
export function memberName(scratch: string): string {
  return `${scratch}-1`;
}

/**
 * How the name of a snapshot begins that RDS made on its own of what was deleted, before that one's name
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-restore-snapshot.html). One that a person takes of a scratch is
 * that person's.
 */
export const finalSnapshot = 'rds-final-';

/**
 * Whether a name has the form of a scratch's, which says nothing about whose it is. A policy of another name, such as `shop-drill`
 * beside `shop`, may have databases that begin with the prefix.
 */
export function looksLikeScratch({ scratchPrefix }: Pick<DrillPlan, 'scratchPrefix'>, { of }: Thing): boolean {
  return of.startsWith(scratchPrefix) && /^[0-9a-f]{12}(-1)?$/.test(of.slice(scratchPrefix.length));
}

/** How long a target may take, after its verdict, to be recorded and torn down in the flow. */
export const tearDownSeconds = 2 * 3_600;

/** From then on the scratch is a leftover, whatever happened to the drill. */
export function untilOf({ keepUntil, deadline }: DrillTarget): Date {
  return new Date(Date.parse(keepUntil ?? deadline) + tearDownSeconds * 1_000);
}

export function tagsOf({ policy }: Pick<DrillPlan, 'policy'>, target: DrillTarget): Record<string, string> {
  return {
    [scratchTags.purpose]: scratchPurpose,
    [scratchTags.policy]: policy,
    [scratchTags.database]: target.database,
    [scratchTags.execution]: target.execution,
    [scratchTags.until]: untilOf(target).toISOString(),
  };
}

/** The drill that the tags name. `undefined` when they name none of this policy. */
export function identityOf({ policy }: Pick<DrillPlan, 'policy'>, { tags }: Thing): DrillIdentity | undefined {
  const { [scratchTags.execution]: execution, [scratchTags.database]: database } = tags;
  if (tags[scratchTags.purpose] !== scratchPurpose || tags[scratchTags.policy] !== policy) return undefined;
  return execution && database ? { execution, database } : undefined;
}

/**
 * Why a thing is not one that this drill made, as the rest of a sentence about it.
 *
 * @param noted - the scratch that the drill wrote down before it asked RDS for it. `undefined` when it wrote none
 * @returns `undefined` only when the name, the tags and the drill's own note all agree
 */
export function whyForeign(
  thing: Thing,
  of: DrillIdentity,
  plan: Pick<DrillPlan, 'policy' | 'scratchPrefix'>,
  noted: string | undefined,
): string | undefined {
  const scratch = scratchName(plan, of);
  const isMember = thing.cluster !== undefined || thing.of === memberName(scratch);
  const name = isMember ? memberName(scratch) : scratch;
  if (!thing.of.startsWith(plan.scratchPrefix)) return `its name does not begin with ${plan.scratchPrefix}`;
  if (thing.of !== name) return `its name is not ${name}, which this drill would have given it`;
  if (thing.cluster !== undefined && thing.cluster !== scratch) return `it belongs to the cluster ${thing.cluster}`;
  const tagged = identityOf(plan, thing);
  if (!tagged) return `its tags do not say that it is a restore drill's of the policy ${plan.policy}`;
  if (tagged.execution !== of.execution || tagged.database !== of.database) {
    return `its tags name another drill: ${tagged.execution}, ${tagged.database}`;
  }
  if (noted !== scratch) return 'the drill noted nowhere that it asked for it';
  return undefined;
}
