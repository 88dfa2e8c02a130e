import { test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { PostgresParameters } from '../../../lib/constructs/postgres-parameters.ts';
import { newStack } from '../synthesise.ts';

function parameters(kind: 'instance' | 'cluster'): Template {
  const stack = newStack();
  new PostgresParameters(stack, 'Parameters', { database: 'shop-main', kind, engineVersion: '14.19' });
  return Template.fromStack(stack);
}

test('exist without an instance, under a name that changes with the family', () => {
  parameters('instance').hasResourceProperties('AWS::RDS::DBParameterGroup', {
    DBParameterGroupName: 'shop-main-postgres14',
    Family: 'postgres14',
    Parameters: { 'rds.force_ssl': '1' },
  });
});

test('are those of the whole cluster for Aurora', () => {
  const template = parameters('cluster');
  template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
    DBClusterParameterGroupName: 'shop-main-aurora-postgres14',
    Family: 'aurora-postgresql14',
    Parameters: { 'rds.force_ssl': '1' },
  });
  template.resourceCountIs('AWS::RDS::DBParameterGroup', 0);
});
