import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Template } from 'aws-cdk-lib/assertions';

const defaultAccount = '111122223333';

/** Everything that a synthesised role may do, as IAM reads it: the policies in the template that are attached to it. */
export interface RoleUnderTest {
  /** @param context - condition keys of the request, such as `aws:RequestedRegion` */
  may(action: string, resource: string, context?: Record<string, string>): Promise<boolean>;
}

/**
 * @param template - of a stack with an account, so that every ARN in it is a text or points at a resource of the stack
 * @param described - part of the description of the role
 * @param account - of the stack
 */
export function roleUnderTest(template: Template, described: string, account = defaultAccount): RoleUnderTest {
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([, { Properties }]) =>
    `${Properties.Description}`.includes(described),
  );
  const [[logicalId] = []] = roles;
  if (roles.length !== 1 || !logicalId) throw new Error(`${roles.length} roles are described by "${described}"`);
  return under(template, account, (roles) => roles.includes(`"${logicalId}"`));
}

/** What any role of a template may do: all its policies together. AWS's managed ones are not in a template. */
export function everyRole(template: Template, account = defaultAccount): RoleUnderTest {
  return under(template, account, () => true);
}

export interface ForeignRequest {
  /** ARN of a role whose own account allows it everything. */
  readonly principal: string;
  readonly action: string;
  readonly resource: { readonly arn: string; readonly account: string };
  readonly context?: Record<string, string>;
}

/** Whether the policy of a resource lets in a role that is allowed everything where it comes from. */
export async function letsIn(
  resourcePolicy: unknown,
  { principal, action, resource, context = {} }: ForeignRequest,
): Promise<boolean> {
  const all = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const answer = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource: resource.arn, accountId: resource.account },
        contextVariables: { 'aws:PrincipalArn': principal, ...context },
      },
      identityPolicies: [{ name: 'all', policy: all }],
      resourcePolicy: literal(resourcePolicy),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    { simulationMode: 'Strict' },
  );
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer));
  return answer.overallResult === 'Allowed';
}

function under(template: Template, account: string, isAttached: (roles: string) => boolean): RoleUnderTest {
  const identityPolicies = Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([, { Properties }]) => isAttached(JSON.stringify(Properties.Roles)))
    .map(([name, { Properties }]) => ({ name, policy: literal(Properties.PolicyDocument) }));
  return {
    may: async (action, resource, context = {}) => {
      const answer = await runSimulation(
        {
          request: {
            principal: `arn:aws:iam::${account}:role/under-test`,
            action,
            resource: { resource, accountId: account },
            contextVariables: context,
          },
          identityPolicies,
          serviceControlPolicies: [],
          resourceControlPolicies: [],
        },
        { simulationMode: 'Strict' },
      );
      if (answer.resultType === 'error') throw new Error(JSON.stringify(answer));
      return answer.overallResult === 'Allowed';
    },
  };
}

/** References to resources, and to outputs of other stacks, become ARNs of a service that nothing else is asked about. */
function literal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  const [attribute, join] = [fields['Fn::GetAtt'], fields['Fn::Join']];
  if (fields['Fn::GetStackOutput']) return 'arn:aws:reference:::output';
  if (Array.isArray(attribute)) return `arn:aws:reference:::${attribute[0]}`;
  if (typeof fields.Ref === 'string') return `arn:aws:reference:::${fields.Ref}`;
  if (Array.isArray(join)) return (literal(join[1]) as string[]).join(join[0]);
  return Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, literal(one)]));
}
