import { test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { PostgresParameters } from '../../../lib/constructs/postgres-parameters.ts';
import { newStack } from '../synthesise.ts';

test('exist without an instance, under a name that changes with the family', () => {
  const stack = newStack();
  new PostgresParameters(stack, 'Parameters', { instance: 'shop-main', engineVersion: '14.19' });
  Template.fromStack(stack).hasResourceProperties('AWS::RDS::DBParameterGroup', {
    DBParameterGroupName: 'shop-main-postgres14',
    Family: 'postgres14',
    Parameters: { 'rds.force_ssl': '1' },
  });
});
