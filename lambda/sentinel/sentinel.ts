import { driftOfPoints, driftOfVault } from './drift.ts';
import type { SentinelHost } from './host.ts';
import { type Inventory, resourcesOf } from './inventory.ts';
import { databaseMetric, type Metric, regionDimensions, regionMetric, resourceDimensions } from './metrics.ts';
import { automatedBackups, versions } from './own-protection.ts';
import { driftOfPlan } from './plan-drift.ts';
import { countStuck, readPoints, secondsBetween } from './readings.ts';

/** What a run found, for the log. */
export interface Report {
  /** By the name of the database, the bucket or the vault. */
  readonly drift: Readonly<Record<string, readonly string[]>>;
  /** What could not be read. */
  readonly failures: readonly string[];
}

/**
 * One look at everything in the inventory. Whatever can be read is published, each figure on its own: one resource that
 * does not answer must not hide another. Nothing is remembered between runs.
 *
 * @throws when the figures cannot be published
 */
export async function watch(inventory: Inventory, host: SentinelHost): Promise<Report> {
  const { policy, place, vault, plans, settingsExport } = inventory;
  const now = host.now();
  const metrics: Metric[] = [];
  const drift: Record<string, string[]> = {};
  const failures: string[] = [];
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<{ value: T } | undefined> => {
    try {
      return { value: await read() };
    } catch (error) {
      failures.push(`${what}: ${(error as Error).name}: ${(error as Error).message}`);
      return undefined;
    }
  };

  const vaultState = await attempt(vault.name, () => host.vault(vault.name));
  if (vaultState) {
    drift[vault.name] = driftOfVault(vault, vaultState.value);
    const count = (drift[vault.name] as string[]).length;
    metrics.push({ name: regionMetric.vaultDrift, value: count, unit: 'Count', dimensions: regionDimensions(policy) });
  }
  const exported =
    settingsExport && (await attempt(settingsExport.bucket, () => host.lastExport(settingsExport.bucket)));
  if (exported) {
    const age = secondsBetween(exported.value, now);
    metrics.push({ name: regionMetric.exportAge, value: age, unit: 'Seconds', dimensions: regionDimensions(policy) });
  }
  // The plans are in the primary Region. The replica's sentinel asks for a date only, and does without it when that Region
  // is gone: that is what it is there for.
  const selections =
    place === 'primary'
      ? await attempt('backup plans', () => host.selections(plans))
      : await host.selections(plans).then(
          (value) => ({ value }),
          () => undefined,
        );
  const { rules } = inventory;
  const planned = rules && (await attempt('rules of the backup plans', () => host.rules(plans)));
  // A copy job is one of the Region whose plan made it.
  const copies = place === 'primary' ? await attempt('copy jobs', () => host.waitingCopies()) : undefined;

  for (const resource of resourcesOf(inventory)) {
    const { name, arn } = resource;
    const found: string[] = [];
    const add = (name: string, value: number, unit: Metric['unit']) =>
      metrics.push({ name, value, unit, dimensions: resourceDimensions(policy, resource) });

    const points = await attempt(`${name}, recovery points`, () => host.recoveryPoints(vault.name, arn));
    const own =
      'bucket' in resource
        ? await attempt(`${name}, versions`, () => versions(place, resource, host))
        : await attempt(`${name}, automated backups`, () => automatedBackups(place, resource, host));
    const selected = selections?.value.get(arn);
    if (points && vaultState) {
      const protectedSince = later(selected?.since, own?.value.createdAt);
      const vaultSince = vaultState.value.createdAt;
      const readings = readPoints(points.value, resource, { now, protectedSince, vaultSince });
      add(databaseMetric.age, readings.age, 'Seconds');
      add(databaseMetric.count, readings.count, 'Count');
      add(databaseMetric.oldestAge, readings.oldestAge, 'Seconds');
      add(databaseMetric.missing, readings.missing, 'Percent');
      add(databaseMetric.size, readings.bytes, 'Bytes');
    }
    if (own) {
      const { lag, latestRestorable, createdAt, drift } = own.value;
      found.push(...drift);
      // Where no point in time can be restored, all that was ever written would be lost.
      const since = latestRestorable ?? createdAt ?? vaultState?.value.createdAt;
      if (lag && since) add(lag, secondsBetween(since, now), 'Seconds');
    }
    if (place === 'primary' && selections && !selected) found.push('no backup plan selects it');
    if (selected && rules && planned) {
      const { plan } = selected;
      found.push(...driftOfPlan(plan, vault.name, rules[plan] ?? [], planned.value.get(plan) ?? []));
    }
    if (points) found.push(...driftOfPoints(resource, points.value));
    if (copies) add(databaseMetric.stuckCopies, countStuck(copies.value, arn, now), 'Count');
    if (points && own && (selections || place === 'replica') && (planned || !rules))
      add(databaseMetric.drift, found.length, 'Count');
    drift[name] = found;
  }

  metrics.push({ name: regionMetric.runs, value: 1, unit: 'Count', dimensions: regionDimensions(policy) });
  await host.publish(metrics);
  return { drift: Object.fromEntries(Object.entries(drift).filter(([, list]) => list.length > 0)), failures };
}

function later(selected: Date | undefined, created: Date | undefined): Date | undefined {
  return selected && created && created > selected ? created : selected;
}
