import { expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { ServiceOptIn } from '../../../lib/constructs/service-opt-in.ts';
import { main, newStack, orders, synthesise } from '../synthesise.ts';

test('opts Aurora in by a function that can read and write the settings of the Region and its own log', () => {
  const stack = newStack();
  new ServiceOptIn(stack, 'OptIn');
  const template = Template.fromStack(stack);
  template.hasResourceProperties('Custom::BackupOptIn', { Types: ['Aurora'] });
  const [role] = Object.values(template.findResources('AWS::Lambda::Function'))
    .filter(({ Properties }) => Properties.Handler === 'index.onEvent')
    .map(({ Properties }) => Properties.Role['Fn::GetAtt'][0]);
  const actions = Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles[0].Ref === role)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }) => Action);
  expect(actions.sort()).toEqual([
    'backup:DescribeRegionSettings',
    'backup:UpdateRegionSettings',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]);
});

test('runs on Node 24 and arm64, with a log for three months', () => {
  const stack = newStack();
  new ServiceOptIn(stack, 'OptIn');
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'index.onEvent',
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
  });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
});

test('is there in both Regions, and only for Aurora', () => {
  const count = (databases: Parameters<typeof synthesise>[0]) => {
    const { Backup, Replica, Database } = synthesise(databases);
    return [Backup, Replica, Database].map(
      (template) => Object.keys(template.findResources('Custom::BackupOptIn')).length,
    );
  };
  expect(count({ databases: { orders } })).toEqual([1, 1, 0]);
  expect(count({ databases: { main } })).toEqual([0, 0, 0]);
});
