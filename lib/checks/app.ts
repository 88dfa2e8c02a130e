import { type Database, databasesOf } from './database.ts';
import { Intrinsics } from './intrinsics.ts';
import { type Plan, plansOf } from './plan.ts';
import type { Resource, StackTemplate } from './resource.ts';

const vaultTypes = ['AWS::Backup::BackupVault', 'AWS::Backup::LogicallyAirGappedBackupVault'];

/** The templates of all stacks, read together. */
export class SynthesisedApp {
  readonly now: Date;
  readonly resources: readonly Resource[];
  readonly databases: readonly Database[];
  readonly plans: readonly Plan[];
  /** By their ARN. */
  readonly vaults: ReadonlyMap<string, Resource>;
  /** False with nested stacks, whose templates are not read: then nothing may be said to be missing. */
  readonly isWhole: boolean;

  constructor(stacks: readonly StackTemplate[], now: Date) {
    const intrinsics = new Intrinsics(stacks);
    this.now = now;
    this.resources = stacks.flatMap((stack) =>
      Object.entries(stack.template.Resources ?? {}).map(([logicalId, { Type, Properties }]) => ({
        stack,
        logicalId,
        type: Type,
        properties: intrinsics.resolve(Properties ?? {}, stack) as Resource['properties'],
      })),
    );
    const arn = ({ stack, logicalId }: Resource, attribute: string) =>
      String(intrinsics.resolve({ 'Fn::GetAtt': [logicalId, attribute] }, stack));
    this.databases = databasesOf(this.resources, {
      attribute: arn,
      text: ({ stack }, text) => String(intrinsics.resolve({ 'Fn::Sub': text }, stack)),
    });
    this.vaults = new Map(
      vaultTypes.flatMap((type) => this.ofType(type)).map((vault) => [arn(vault, 'BackupVaultArn'), vault]),
    );
    this.plans = plansOf(this);
    this.isWhole = this.ofType('AWS::CloudFormation::Stack').length === 0;
  }

  ofType(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }
}
