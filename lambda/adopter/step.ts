import type { Observed, Raise } from './observed.ts';
import type { Wanted } from './wanted.ts';

/** What is to be done next. */
export type Step =
  | { readonly do: 'modify'; readonly raise: Raise }
  | { readonly do: 'replicate'; readonly region: string; readonly keyArn: string; readonly retentionDays: number }
  | { readonly do: 'wait'; readonly until: string }
  | { readonly do: 'nothing' };

/** In which RDS takes a modification; it may still refuse one, and is then asked again. */
const settled = /^(available|backing-up|storage-optimization|storage-initialization)$/;

/**
 * The next step from a database as it is to one as it is wanted. Everything is decided anew from what RDS describes, so a
 * step that is made twice, or after a long time, does no harm.
 */
export function nextStep(observed: Observed, wanted: Wanted, now: Date): Step {
  const raise = raiseOf(observed, wanted);
  const { maintenanceWindow, ...others } = raise;
  const hasOthers = Object.keys(others).some((key) => key !== 'immediately');
  if (!settled.test(observed.status)) return { do: 'wait', until: `its status is no longer "${observed.status}"` };
  // A maintenance window that is moved to the current time restarts a database on which anything waits for one.
  if (maintenanceWindow && isWithin(maintenanceWindow, now)) {
    return hasOthers
      ? { do: 'modify', raise: others }
      : { do: 'wait', until: `the window ${maintenanceWindow} that it is to have is over` };
  }
  if (Object.keys(raise).length > 0) return { do: 'modify', raise };
  const { replication } = wanted;
  if (replication && !observed.replicas.some(({ region }) => region === replication.region)) {
    const retentionDays = Math.max(wanted.retentionDays, observed.retentionDays);
    return { do: 'replicate', ...replication, retentionDays };
  }
  return { do: 'nothing' };
}

function raiseOf(observed: Observed, wanted: Wanted): Raise {
  const { retentionDays, pendingRetentionDays = retentionDays } = observed;
  // What someone else asked for and RDS has not done yet counts as well: more would be lowered by our request, and less
  // would come true in the next maintenance window.
  const most = Math.max(wanted.retentionDays, retentionDays, pendingRetentionDays);
  const raise: Raise = {
    ...((retentionDays < most || pendingRetentionDays < most) && { retentionDays: most }),
    ...(!observed.deletionProtection && { deletionProtection: true }),
    ...(!observed.copyTagsToSnapshot && { copyTagsToSnapshot: true }),
    ...(observed.backupWindow !== wanted.backupWindow && { backupWindow: wanted.backupWindow }),
    ...(observed.maintenanceWindow !== wanted.maintenanceWindow && { maintenanceWindow: wanted.maintenanceWindow }),
  };
  const isEmpty = Object.keys(raise).length === 0;
  return isEmpty || !isImmediate(observed, wanted) ? raise : { ...raise, immediately: true };
}

/**
 * For a cluster ApplyImmediately covers the one request, and without it most of that waits for the maintenance window. For an
 * instance it would also do all that someone else left for that window; the first automated backup alone needs it, other
 * numbers of days and the windows change as soon as they can (ModifyDBCluster and ModifyDBInstance).
 */
function isImmediate({ retentionDays }: Observed, { kind }: Wanted): boolean {
  return kind === 'cluster' || retentionDays === 0;
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function isWithin(window: string, now: Date): boolean {
  const minuteOf = (text: string) =>
    weekdays.indexOf(text.slice(0, 3)) * 1_440 + Number(text.slice(4, 6)) * 60 + Number(text.slice(7, 9));
  const [from = 0, to = 0] = window.split('-').map(minuteOf);
  const minute = now.getUTCDay() * 1_440 + now.getUTCHours() * 60 + now.getUTCMinutes();
  const week = 7 * 1_440;
  return (minute - from + week) % week < (to - from + week) % week;
}
