import type { SynthesisedApp } from './app.ts';
import { isKnown, marker, type Resource, splitKnown, type Value } from './resource.ts';

/** The vault of this name in the Region and account of a resource. */
export function vaultNamed(app: SynthesisedApp, { stack }: Resource, name: Value | undefined): Resource | undefined {
  return [...app.vaults.values()].find(
    (vault) =>
      vault.properties.BackupVaultName === name &&
      vault.stack.region === stack.region &&
      vault.stack.account === stack.account,
  );
}

/** Where a vault is, from its ARN; undefined when that cannot be known. */
export function placeOf(vaultArn: string): { readonly region: string; readonly account: string } | undefined {
  const [scheme, , service, region = '', account = ''] = splitKnown(vaultArn, ':');
  return scheme === 'arn' && service === 'backup' && isKnown(region) ? { region, account } : undefined;
}

/** The account of a stack as ARNs of the app have it. */
export function accountOf({ stack }: Resource): string {
  return stack.account ?? marker('AWS::AccountId');
}
