import { Stack, Validations } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';

/**
 * Says for every wildcard in the statements of a role why it is there. A wildcard that no reason is given for stays a finding.
 *
 * @param reasons - by what follows the account in an ARN or the name of a bucket, or a whole resource or action
 */
export function acknowledgeWildcards(
  role: iam.Role,
  statements: readonly iam.PolicyStatement[],
  reasons: Readonly<Record<string, string>>,
): void {
  const stack = Stack.of(role);
  const used = new Set<string>();
  for (const statement of statements.filter(({ effect }) => effect === 'Allow')) {
    for (const [kind, texts] of [
      ['Action', statement.actions],
      ['Resource', statement.resources],
    ] as const) {
      for (const text of texts) {
        const shown = asShown(stack.resolve(text));
        const ending = Object.keys(reasons).find(
          (one) => shown === one || shown.endsWith(`:${one}`) || shown.endsWith(`/${one}`),
        );
        if (!shown.includes('*') || ending === undefined || used.has(`${kind}::${shown}`)) continue;
        used.add(`${kind}::${shown}`);
        Validations.of(role).acknowledge({
          id: `AwsSolutions-IAM5[${kind}::${shown}]`,
          reason: reasons[ending] as string,
        });
      }
    }
  }
}

type Part = string | { readonly Ref: string } | { readonly 'Fn::GetAtt': readonly [string, string] };

/** As cdk-nag writes it: what only the deployment knows in angle brackets. */
function asShown(resolved: Part | { readonly 'Fn::Join': readonly [string, readonly Part[]] }): string {
  if (typeof resolved === 'string') return resolved;
  if ('Fn::Join' in resolved) return resolved['Fn::Join'][1].map(asShown).join('');
  return 'Ref' in resolved ? `<${resolved.Ref}>` : `<${resolved['Fn::GetAtt'].join('.')}>`;
}
