import type { Rule } from '../finding.ts';
import { isOff } from '../resource.ts';

export const deletionProtection: Rule = {
  id: 'deletion-protection',
  looksAt: 'databases without deletion protection',
  why: 'one call, or a change that CloudFormation carries out as a replacement, deletes the database',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html',
  fix: 'set DeletionProtection to true',
  isAcknowledgeable: true,
  find: (app) =>
    app.databases
      .filter(({ resource, isAdopted }) => !isAdopted && isOff(resource.properties.DeletionProtection))
      .map(({ resource, name }) => ({
        resource,
        location: 'Properties/DeletionProtection',
        sentence: `${name} has DeletionProtection ${resource.properties.DeletionProtection ?? 'left out, which is false'}`,
        fix: 'Set DeletionProtection to true, in CDK deletionProtection: true.',
      })),
};
