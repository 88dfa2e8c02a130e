export type { Cost, CostLine } from './bill.ts';
export type { Copy, CopyCount } from './copies.ts';
export { type Coverage, coverDatabases, type DatabasePlan, type Term } from './coverage.ts';
export type { FileSystems, SourcePlan } from './coverage-local.ts';
export type { Figure } from './expected.ts';
export { type CloudPlan, type LocalPlan, type Plan, planPolicy } from './plan.ts';
export { defaultPrices, type Prices, parsePrices } from './prices.ts';
export type { Problem } from './problems.ts';
export type { Remedy } from './remedies.ts';
