import { randomBytes } from 'node:crypto';
import type { DatabaseState } from './databases.ts';
import { ProductionDatabase } from './production.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';

/** Production as the policy of the rehearsal protects it. */
export interface ProtectedProduction extends AsyncDisposable {
  readonly production: ProductionDatabase;
  /** An instance. */
  readonly shop: DatabaseState;
  /** A cluster, of the same server: what differs is how it is restored. */
  readonly carts: DatabaseState;
}

/**
 * Starts a server, fills it, and lets a day go by: the function of the baselines comes, AWS Backup takes its snapshots and copies
 * them, business goes on, and the baselines are taken once more.
 *
 * @param fill - makes the database `hoshizora` with the table `shop.heartbeats`
 */
export async function protectProduction(
  cloud: SimulatedCloud,
  fill: (production: ProductionDatabase) => Promise<void>,
): Promise<ProtectedProduction> {
  const { policy } = cloud.options;
  const production = await ProductionDatabase.start(cloud.certificate);
  try {
    const shop = cloud.addProduction('instance', `${policy}-shop`, production);
    const carts = cloud.addProduction('cluster', `${policy}-carts`, production);
    await fill(production);
    await production.query('insert into shop.heartbeats default values', [], policy);
    const password = randomBytes(12).toString('hex');
    await production.query(`create role reader login bypassrls password '${password}' in role pg_read_all_data`);
    await production.query(`grant connect on database ${policy} to reader`);
    cloud.secrets.values.set(`${policy}/reader`, JSON.stringify({ username: 'reader', password }));
    cloud.secrets.passwords.push(password);
    await takeBaseline(cloud);
    await cloud.backUp(shop, production);
    await cloud.backUp(carts, production);
    // Without a new row. Hours are seconds here, so that a moment may be called older than a snapshot that holds less than it.
    await production.query('update shop.heartbeats set at = default', [], policy);
    await takeBaseline(cloud);
    await production.archiveLog();
    return { production, shop, carts, [Symbol.asyncDispose]: () => production[Symbol.asyncDispose]() };
  } catch (error) {
    await production[Symbol.asyncDispose]();
    throw error;
  }
}

/** As the daily rule does. */
async function takeBaseline(cloud: SimulatedCloud): Promise<void> {
  const { policy, primaryRegion } = cloud.options;
  const event = { database: 'shop', secret: `${policy}/reader`, reader: `${policy}-drill-reader-shop` };
  const result = await cloud.functions.invoke(primaryRegion, `${policy}-drill-baseline`, event);
  if ('error' in result) throw new Error(`the baseline failed: ${result.error.errorMessage}`);
}
