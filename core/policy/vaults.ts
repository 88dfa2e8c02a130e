import { z } from 'zod';
import { wholeDays } from './fields.ts';

const bounds = {
  /** A job that asks for less fails. Less than a week costs RDS copies their increments. */
  minKeep: wholeDays().prefault('7d'),
};

/** Who has the permission can take this lock off again. */
const governance = z.strictObject({
  mode: z.literal('governance'),
  ...bounds,
  /**
   * A job that asks for more, or for no end, fails.
   * @default - no maximum
   */
  maxKeep: wholeDays().optional(),
});

/** After the grace nobody can take this lock off, shorten it or delete a recovery point before its time, AWS included. */
const compliance = z.strictObject({
  mode: z.literal('compliance'),
  /** The name of the vault, so that nobody locks one by copying three lines. */
  confirm: z.string().default(''),
  /** From the deployment on, in which the lock can still be taken off. AWS wants 3 days at least. */
  grace: wholeDays('3d').prefault('7d'),
  ...bounds,
  /** Ten years. Without a maximum, a recovery point that someone makes without an end is paid for for ever. */
  maxKeep: wholeDays().prefault('3650d'),
});

/**
 * Bounds of what a vault keeps, and a guard against deletion before that time
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html).
 */
export const lock = z.discriminatedUnion('mode', [governance, compliance]).prefault({ mode: 'governance' });

export type Place = 'primary' | 'replica';

/** The vault where recovery points are made, or the one in the replica Region where they are copied to. */
export function vaultName(policy: string, place: Place): string {
  return `${policy}-${place}`;
}

interface Accounts {
  readonly account?: string | undefined;
  readonly replica: { readonly account?: string | undefined };
}

/** The account that the vault of a place belongs to. @returns `undefined` for that of the credentials at deployment */
export function accountOf({ account, replica }: Accounts, place: Place): string | undefined {
  return place === 'replica' ? (replica.account ?? account) : account;
}

export type LockPolicy = z.output<typeof lock>;
