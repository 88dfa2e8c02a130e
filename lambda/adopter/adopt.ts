import type { CustomResourceEvent } from '../shared/custom-resource.ts';
import type { Observed, Raise } from './observed.ts';
import { refusals } from './refusals.ts';
import { type Report, report } from './report.ts';
import { nextStep } from './step.ts';
import { type AdoptionProperties, type Wanted, wantedOf } from './wanted.ts';

/** RDS, as far as the adopter needs it. */
export interface Rds {
  /** @returns nothing when there is no such database */
  describe(wanted: Wanted): Promise<Observed | undefined>;
  modify(wanted: Wanted, raise: Raise): Promise<void>;
  replicate(arn: string, to: { region: string; keyArn: string | undefined; retentionDays: number }): Promise<void>;
}

export interface Host {
  readonly rds: Rds;
  /** Whether a key is one of AWS's own, whose policy nobody can change. */
  isAwsKey(keyArn: string): Promise<boolean>;
  now(): Date;
  /** Of RDS, that passes when asked again: throttled, or busy with something else. */
  isTransient(error: unknown): boolean;
  log(entry: Readonly<Record<string, unknown>>): void;
}

interface BegunEvent extends CustomResourceEvent<AdoptionProperties> {
  /** Of `begin`, handed on by the framework. */
  readonly Data?: { readonly Before?: string };
}

/** Looks, and refuses what cannot be adopted. Nothing is changed here, so that a second delivery finds the same. */
export async function begin(event: CustomResourceEvent<AdoptionProperties>, host: Host) {
  const wanted = wantedOf(event.ResourceProperties);
  // Another database is another resource: CloudFormation then deletes the old one, which does nothing.
  const PhysicalResourceId = `${wanted.kind}:${wanted.identifier}`;
  if (event.RequestType === 'Delete') return {};
  return { PhysicalResourceId, Data: { Before: JSON.stringify(await observe(wanted, host)) } };
}

/** Makes one step, if there is one to make; the framework asks again until there is none. */
export async function proceed(
  event: BegunEvent,
  host: Host,
): Promise<{ IsComplete: boolean; Data?: Report & { Before: '' } }> {
  // What was raised stays: less protection is nothing that a deleted stack should bring.
  if (event.RequestType === 'Delete') return { IsComplete: true };
  const wanted = wantedOf(event.ResourceProperties);
  try {
    const observed = await observe(wanted, host);
    const step = nextStep(observed, wanted, host.now());
    host.log({ database: wanted.identifier, status: observed.status, step });
    if (step.do === 'nothing') {
      const before = event.Data?.Before ? (JSON.parse(event.Data.Before) as Observed) : observed;
      // CloudFormation takes 4 KiB of answers, so what was only meant for this function ends here.
      return { IsComplete: true, Data: { ...report(before, observed, wanted), Before: '' } };
    }
    if (step.do === 'modify') await host.rds.modify(wanted, step.raise);
    if (step.do === 'replicate') {
      const { region, retentionDays } = step;
      // An unencrypted instance takes no key.
      await host.rds.replicate(observed.arn, {
        region,
        retentionDays,
        keyArn: observed.encrypted ? step.keyArn : undefined,
      });
    }
  } catch (error) {
    if (!host.isTransient(error)) throw error;
    host.log({ database: wanted.identifier, askedAgainAfter: String(error) });
  }
  return { IsComplete: false };
}

async function observe(wanted: Wanted, { rds, isAwsKey }: Host): Promise<Observed> {
  const observed = await rds.describe(wanted);
  if (!observed) {
    throw new Error(`${wanted.kind} ${wanted.identifier}: RDS knows none of that name in this account and Region.`);
  }
  const { keyArn } = wanted;
  // Another one than the policy's, or one that is not there, is refused without asking whose it is.
  const hasAwsKey = keyArn !== undefined && keyArn === observed.keyArn && (await isAwsKey(keyArn));
  const reasons = refusals(observed, wanted, hasAwsKey);
  if (reasons.length > 0) throw new Error(reasons.join(' '));
  return observed;
}
