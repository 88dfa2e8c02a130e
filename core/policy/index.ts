export { Duration } from './duration.ts';
export { type LoadedPolicy, loadPolicy } from './load.ts';
export {
  type BackupPolicy,
  type BackupPolicyInput,
  type CloudPolicy,
  type DatabasePolicy,
  defineBackup,
  type LocalPolicy,
  parsePolicy,
  policyJsonSchema,
  type SourcePolicy,
  type StorePolicy,
} from './schema.ts';
export { type SecretReference, secretText } from './secret.ts';
export { Size } from './size.ts';
export { placeWindows, type RdsWindows, runsOfDay } from './windows.ts';
