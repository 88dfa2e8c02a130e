import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Template } from 'aws-cdk-lib/assertions';

const account = '111122223333';

/** Everything that a synthesised role may do, as IAM reads it: the policies in the template that are attached to it. */
export interface RoleUnderTest {
  /** @param context - condition keys of the request, such as `aws:RequestedRegion` */
  may(action: string, resource: string, context?: Record<string, string>): Promise<boolean>;
}

/**
 * @param template - of a stack with an account, so that every ARN in it is a text or points at a resource of the stack
 * @param described - part of the description of the role
 */
export function roleUnderTest(template: Template, described: string): RoleUnderTest {
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([, { Properties }]) =>
    `${Properties.Description}`.includes(described),
  );
  const [[logicalId] = []] = roles;
  if (roles.length !== 1 || !logicalId) throw new Error(`${roles.length} roles are described by "${described}"`);
  return under(template, (roles) => roles.includes(`"${logicalId}"`));
}

/** What any role of a template may do: all its policies together. AWS's managed ones are not in a template. */
export function everyRole(template: Template): RoleUnderTest {
  return under(template, () => true);
}

function under(template: Template, isAttached: (roles: string) => boolean): RoleUnderTest {
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

/** References to resources of the same stack become ARNs of a service that nothing else is asked about. */
function literal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  const [attribute, join] = [fields['Fn::GetAtt'], fields['Fn::Join']];
  if (Array.isArray(attribute)) return `arn:aws:reference:::${attribute[0]}`;
  if (typeof fields.Ref === 'string') return `arn:aws:reference:::${fields.Ref}`;
  if (Array.isArray(join)) return (literal(join[1]) as string[]).join(join[0]);
  return Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, literal(one)]));
}
