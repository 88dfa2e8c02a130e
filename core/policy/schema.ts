import { z } from 'zod';
import { counted } from '../counted.ts';
import { FukugenError } from '../errors.ts';
import { cloud } from './cloud.ts';
import type { DatabasePolicy } from './databases.ts';
import { drillDisagreements } from './drill-agreement.ts';
import { duration, name, path } from './fields.ts';
import { local } from './local.ts';
import { explain } from './mistakes.ts';
import { type Place, vaultName } from './vaults.ts';

/** What a backup has to achieve. */
const objectives = z.strictObject({
  /** The most work that may be lost, measured back from the disaster. */
  rpo: duration({ min: '1m' }).prefault('6h'),
  /** The longest time until the data can be used again. */
  rto: duration({ min: '1m' }).prefault('4h'),
});

/** Those of a policy that writes none. */
export const defaultObjectives = objectives.parse({});

const policySchema = z
  .strictObject({
    /** Prefix of everything this project creates. */
    name: name.default('fukugen'),
    language: z.enum(['en', 'ja']).default('en'),
    objectives: objectives.prefault({}),
    /** A JSON file, beside this policy, with prices that replace those `fukugen plan` comes with; see docs/plan.md. */
    prices: path.optional(),
    cloud: cloud.optional(),
    local: local.optional(),
  })
  .refine((policy) => policy.cloud !== undefined || policy.local !== undefined, 'declare cloud, local or both')
  .refine((policy) => !haveSameRegion(policy), {
    path: ['cloud', 'replica', 'region'],
    message: 'the replica must be in another Region than the primary',
    // Looked at even when other parts are wrong: all mistakes come at once.
    when: () => true,
  })
  .superRefine(
    (policy, context) => {
      for (const place of ['primary', 'replica'] as const) {
        if (isConfirmed(policy, place)) continue;
        const message = `a compliance lock can never be taken off; write the name of its vault, "${vaultName(policy.name, place)}"`;
        context.addIssue({ code: 'custom', path: ['cloud', place, 'lock', 'confirm'], message });
      }
      for (const { path, message } of drillDisagreements(policy)) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
    },
    { when: () => true },
  );

/** Beside the name of the policy, which is part of the vault's. */
function isConfirmed(policy: unknown, place: Place): boolean {
  const { name, cloud } = (policy ?? {}) as {
    name?: string;
    cloud?: Record<Place, { lock?: { mode?: string; confirm?: string } }>;
  };
  const lock = cloud?.[place]?.lock;
  return lock?.mode !== 'compliance' || lock.confirm === vaultName(`${name}`, place);
}

/** What is given may be anything as long as other mistakes are in it. */
function haveSameRegion(policy: unknown): boolean {
  const { cloud } = (policy ?? {}) as { cloud?: { primary?: { region?: string }; replica?: { region?: string } } };
  return cloud?.primary?.region !== undefined && cloud.primary.region === cloud.replica?.region;
}

/** The policy as it is written. */
export type BackupPolicyInput = z.input<typeof policySchema>;

/** The policy as the program uses it: defaults filled in, durations, sizes and secret references typed. */
export type BackupPolicy = z.output<typeof policySchema>;
export type CloudPolicy = NonNullable<BackupPolicy['cloud']>;
export type DrillsPolicy = Exclude<CloudPolicy['drills'], false>;
export type { DatabasePolicy };
export type InstancePolicy = Extract<DatabasePolicy, { kind: 'instance' }>;
export type ClusterPolicy = Extract<DatabasePolicy, { kind: 'cluster' }>;
export type AdoptedPolicy = Extract<DatabasePolicy, { kind: 'adopted' }>;
export type LocalPolicy = NonNullable<BackupPolicy['local']>;
export type SourcePolicy = LocalPolicy['sources'][string];
export type StorePolicy = LocalPolicy['stores'][string];

/**
 * Checks a policy and fills in its defaults.
 *
 * @param origin - where the policy came from, for the message
 * @throws FukugenError `policy` naming every mistake at once, each with its path, what was received and what would be right
 */
export function parsePolicy(input: unknown, origin = 'the policy'): BackupPolicy {
  const result = policySchema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const mistakes = explain(result.error.issues, input);
  const count = counted(mistakes.length, 'mistake');
  throw new FukugenError('policy', `${origin} has ${count}:\n${mistakes.map((line) => `  ${line}`).join('\n')}`, {
    next: 'fukugen schema prints every key with its form',
  });
}

/** The JSON Schema that editors use to complete and check a YAML policy. */
export function policyJsonSchema(): object {
  return z.toJSONSchema(policySchema, { io: 'input', unrepresentable: 'any' });
}

/** Types a `backup.config.ts` for completion in an editor; the program checks it when it reads it. */
export function defineBackup(policy: BackupPolicyInput): BackupPolicyInput {
  return policy;
}
