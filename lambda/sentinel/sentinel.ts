import { driftOfDatabase, driftOfPoints, driftOfReplication, driftOfVault } from './drift.ts';
import type { SentinelHost } from './host.ts';
import type { Inventory, WatchedDatabase } from './inventory.ts';
import { databaseDimensions, databaseMetric, type Metric, regionDimensions, regionMetric } from './metrics.ts';
import { countStuck, readPoints, secondsBetween } from './readings.ts';

/** What a run found, for the log. */
export interface Report {
  /** By the name of the database, or of the vault. */
  readonly drift: Readonly<Record<string, readonly string[]>>;
  /** What could not be read. */
  readonly failures: readonly string[];
}

/**
 * One look at everything in the inventory. Whatever can be read is published, each figure on its own: one database that
 * does not answer must not hide another. Nothing is remembered between runs.
 *
 * @throws when the figures cannot be published
 */
export async function watch(inventory: Inventory, host: SentinelHost): Promise<Report> {
  const { policy, place, vault, plans, databases } = inventory;
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
  // The plans are in the primary Region. The replica's sentinel asks for a date only, and does without it when that Region
  // is gone: that is what it is there for.
  const selections =
    place === 'primary'
      ? await attempt('backup plans', () => host.selections(plans))
      : await host.selections(plans).then(
          (value) => ({ value }),
          () => undefined,
        );
  // A copy job is one of the Region whose plan made it.
  const copies = place === 'primary' ? await attempt('copy jobs', () => host.waitingCopies()) : undefined;

  for (const database of databases) {
    const found: string[] = [];
    const add = (name: string, value: number, unit: Metric['unit']) =>
      metrics.push({ name, value, unit, dimensions: databaseDimensions(policy, database.name) });

    const points = await attempt(`${database.name}, recovery points`, () =>
      host.recoveryPoints(vault.name, database.arn),
    );
    const state = await attempt(`${database.name}, automated backups`, () => automatedBackups(place, database, host));
    const selectedSince = selections?.value.get(database.arn);
    if (points && vaultState) {
      const protectedSince = later(selectedSince, state?.value.createdAt);
      const vaultSince = vaultState.value.createdAt;
      const readings = readPoints(points.value, database, { now, protectedSince, vaultSince });
      add(databaseMetric.age, readings.age, 'Seconds');
      add(databaseMetric.count, readings.count, 'Count');
      add(databaseMetric.oldestAge, readings.oldestAge, 'Seconds');
      add(databaseMetric.missing, readings.missing, 'Percent');
      add(databaseMetric.size, readings.bytes, 'Bytes');
    }
    if (state) {
      const { lag, latestRestorable, createdAt, drift } = state.value;
      found.push(...drift);
      // Where no point in time can be restored, all that was ever written would be lost.
      const since = latestRestorable ?? createdAt ?? vaultState?.value.createdAt;
      if (lag && since) add(lag, secondsBetween(since, now), 'Seconds');
    }
    if (place === 'primary' && selections && !selectedSince) found.push('no backup plan selects it');
    if (points) found.push(...driftOfPoints(database, points.value));
    if (copies) add(databaseMetric.stuckCopies, countStuck(copies.value, database.arn, now), 'Count');
    if (points && state && (selections || place === 'replica')) add(databaseMetric.drift, found.length, 'Count');
    drift[database.name] = found;
  }

  metrics.push({ name: regionMetric.runs, value: 1, unit: 'Count', dimensions: regionDimensions(policy) });
  await host.publish(metrics);
  return { drift: Object.fromEntries(Object.entries(drift).filter(([, list]) => list.length > 0)), failures };
}

interface AutomatedBackups {
  /** Metric of the lag. @default - there are no automated backups here */
  readonly lag?: string;
  readonly createdAt?: Date | undefined;
  readonly latestRestorable?: Date | undefined;
  readonly drift: readonly string[];
}

async function automatedBackups(
  place: Inventory['place'],
  database: WatchedDatabase,
  host: SentinelHost,
): Promise<AutomatedBackups> {
  const { kind, identifier, arn, automatedBackupDays } = database;
  if (place === 'primary') {
    const state = await host.database(kind, identifier);
    const drift = driftOfDatabase(database, state);
    if (!state) return { drift };
    const { createdAt, latestRestorable } = state;
    return { lag: databaseMetric.pitrLag, createdAt, latestRestorable, drift };
  }
  if (automatedBackupDays === undefined) return { drift: [] };
  const state = await host.replicatedBackups(arn);
  return {
    lag: databaseMetric.replicationLag,
    latestRestorable: state?.latestRestorable,
    drift: driftOfReplication(database, state),
  };
}

function later(selected: Date | undefined, created: Date | undefined): Date | undefined {
  return selected && created && created > selected ? created : selected;
}
