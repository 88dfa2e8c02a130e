import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type CloudPolicy, type Place, vaultName } from '../../core/policy/index.ts';

/** Says at every synth until when a compliance lock can still be taken off, if it is deployed now for the first time. */
export function announceComplianceLock(
  vault: IConstruct,
  policyName: string,
  cloud: CloudPolicy,
  place: Place,
  now: Date,
): void {
  const { lock } = cloud[place];
  if (lock.mode !== 'compliance') return;
  const final = new Date(now.getTime() + lock.grace.seconds * 1_000).toISOString().slice(0, 10);
  const name = vaultName(policyName, place);
  Validations.of(vault).addWarning(
    `fukugen-compliance-lock-${place}`,
    `The compliance lock of vault ${name}, deployed now for the first time, becomes final on ${final} UTC, after ${lock.grace}: from then on nobody, AWS included, can take it off, make it shorter than "${lock.minKeep}", or delete a recovery point before its time, and what is in the vault is paid for until then.`,
  );
}
