export { type CompareOptions, compareFingerprints } from './compare/compare-fingerprints.ts';
export type { Comparison } from './compare/comparison.ts';
export { renderComparison } from './compare/render.ts';
export type { DatabaseFingerprint } from './fingerprint.ts';
export { type FingerprintOptions, fingerprintDatabase } from './fingerprint-database.ts';
export { named } from './names.ts';
export { openSnapshot } from './snapshot.ts';
