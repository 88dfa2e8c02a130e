import { drillKeys } from '../shared/drill-keys.ts';
import type { OperatorHost } from './host.ts';
import type { DrillTarget } from './messages.ts';

/** What asked RDS for an instance or a cluster. */
export type Asked = 'restore-asked' | 'instance-asked';

/** RDS shows what it was asked for a little later than it accepts it. */
const unseenSeconds = 300;

/** From now on it can only be gone. */
export async function noteSeen(target: DrillTarget, name: string, { notebook, now }: OperatorHost): Promise<void> {
  await notebook.settle(drillKeys.seen(target, name), { at: now().toISOString() });
}

/** RDS said no to it: it never comes. */
export async function noteRefused(target: DrillTarget, name: string, { notebook, now }: OperatorHost): Promise<void> {
  await notebook.settle(drillKeys.refused(target, name), { at: now().toISOString() });
}

/** Whether something that RDS does not show was asked for so lately that it may still come. */
export async function mayAppear(
  target: DrillTarget,
  name: string,
  asked: Asked,
  { notebook, now }: OperatorHost,
): Promise<boolean> {
  const mark = await notebook.read<{ readonly at: string }>(drillKeys.mark(target, asked));
  if (!mark || now().getTime() - Date.parse(mark.at) >= unseenSeconds * 1_000) return false;
  const [seen, refused] = [
    await notebook.read(drillKeys.seen(target, name)),
    await notebook.read(drillKeys.refused(target, name)),
  ];
  return seen === undefined && refused === undefined;
}
