export type { Copy, CopyCount } from './copies.ts';
export type { Cost, CostLine } from './cost.ts';
export type { Coverage, DatabasePlan, Term } from './coverage.ts';
export type { FileSystems, SourcePlan } from './coverage-local.ts';
export { Duration } from './duration.ts';
export type { Figure } from './expected.ts';
export { type LoadedPolicy, loadPolicy } from './load.ts';
export { type CloudPlan, type LocalPlan, type Plan, planPolicy } from './plan.ts';
export { defaultPrices, type Prices, parsePrices } from './prices.ts';
export type { Problem } from './problems.ts';
export type { Remedy } from './remedies.ts';
export { copiesKept, type SnapshotRule, snapshotRules } from './rules.ts';
export {
  type AdoptedPolicy,
  type BackupPolicyInput,
  type CloudPolicy,
  type ClusterPolicy,
  type DatabasePolicy,
  defineBackup,
  type InstancePolicy,
  type LocalPolicy,
  parsePolicy,
  policyJsonSchema,
  type SourcePolicy,
  type StorePolicy,
} from './schema.ts';
export { type SecretReference, secretText } from './secret.ts';
export { Size } from './size.ts';
export { copiedEvery, isReplicated, kindOf } from './traits.ts';
export { type Place, vaultName } from './vaults.ts';
export { placeWindows, type RdsWindows, runsOfDay } from './windows.ts';
