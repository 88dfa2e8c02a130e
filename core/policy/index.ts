export { Duration } from './duration.ts';
export { type LoadedPolicy, loadPolicy } from './load.ts';
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
