export { drillMachine, evidenceBucket, scratchPrefix } from './drill-agreement.ts';
export { Duration } from './duration.ts';
export { isSecret } from './encryption.ts';
export { type LoadedPolicy, loadPolicy } from './load.ts';
export type { Retention } from './retention.ts';
export { copiesKept, type SnapshotRule, snapshotRules } from './rules.ts';
export {
  type AdoptedPolicy,
  type BackupPolicyInput,
  type CloudPolicy,
  type ClusterPolicy,
  type DatabasePolicy,
  type DrillsPolicy,
  defaultObjectives,
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
export type { Span } from './span.ts';
export { copiedEvery, isMade, isReplicated, kindOf } from './traits.ts';
export { accountOf, type Place, vaultName } from './vaults.ts';
export { placeWindows, type RdsWindows, runsOfDay } from './windows.ts';
