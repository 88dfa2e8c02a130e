import { Duration } from '../policy/duration.ts';
import type { Place } from '../policy/vaults.ts';
import { busyFor, type Case, type Remedy, remediesFor, roomierCadence } from './remedies.ts';

/** Why the policy cannot keep what it promises for one database. */
export type Problem =
  | {
      readonly kind: 'objective';
      readonly place: Place;
      readonly objective: Duration;
      /** Of the best means there. */
      readonly worst: Duration;
      /** Start window, snapshot and copy: no cadence goes below it. */
      readonly withoutCadence: Duration;
      /** Empty when nothing that can be deployed meets the objective. */
      readonly remedies: readonly Remedy[];
    }
  | {
      /** Snapshot and copy hold the database for longer than the cadence leaves between two starts. */
      readonly kind: 'overrun';
      readonly busy: Duration;
      readonly every: Duration;
      /** Longer than cadence and start window together: the start after every run expires. Otherwise some do. */
      readonly always: boolean;
      /** @default - no cadence is long enough */
      readonly remedy?: Remedy;
    }
  | {
      /** AWS Backup cancels a job at the end of its completion window. */
      readonly kind: 'cancelled';
      readonly snapshot: Duration;
      readonly completionWindow: Duration;
    }
  | {
      /** The longest restore on record took longer than it may. */
      readonly kind: 'restore';
      readonly objective: Duration;
      readonly measured: Duration;
    };

export function problemsOf(it: Case): Problem[] {
  return [...cancelled(it), ...overrun(it), ...missedRpo(it, 'primary'), ...missedRpo(it, 'replica'), ...missedRto(it)];
}

function cancelled({ cloud: { cadence }, expected }: Case): Problem[] {
  const { completionWindow } = cadence;
  const snapshot = expected.snapshot.value;
  return snapshot.seconds > completionWindow.seconds ? [{ kind: 'cancelled', snapshot, completionWindow }] : [];
}

function overrun(it: Case): Problem[] {
  const { every, startWindow } = it.cloud.cadence;
  const busy = busyFor(it);
  if (busy.seconds <= every.seconds) return [];
  const remedy = roomierCadence(it);
  return [
    {
      kind: 'overrun',
      busy,
      every,
      always: busy.seconds > every.seconds + startWindow.seconds,
      ...(remedy && { remedy }),
    },
  ];
}

function missedRpo(it: Case, place: Place): Problem[] {
  const { cloud, expected, objectives, worst } = it;
  if (worst[place].seconds <= objectives.rpo.seconds) return [];
  const copy = place === 'replica' ? expected.copy.value.seconds : 0;
  return [
    {
      kind: 'objective',
      place,
      objective: objectives.rpo,
      worst: worst[place],
      withoutCadence: Duration.seconds(cloud.cadence.startWindow.seconds + expected.snapshot.value.seconds + copy),
      remedies: remediesFor(it, place),
    },
  ];
}

function missedRto({ objectives: { rto }, measuredRto }: Case): Problem[] {
  if (!measuredRto || measuredRto.seconds <= rto.seconds) return [];
  return [{ kind: 'restore', objective: rto, measured: measuredRto }];
}
