import { expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { Network } from '../../../lib/constructs/network.ts';
import { newStack } from '../synthesise.ts';

function network(stack = newStack()): Template {
  new Network(stack, 'Network');
  return Template.fromStack(stack);
}

test('has no way out', () => {
  const template = network();
  for (const type of ['InternetGateway', 'NatGateway', 'VPCEndpoint', 'Route', 'VPCPeeringConnection']) {
    template.resourceCountIs(`AWS::EC2::${type}`, 0);
  }
});

test.each([
  ['ap-northeast-1', ['ap-northeast-1a', 'ap-northeast-1c']],
  ['ap-northeast-3', ['ap-northeast-3a', 'ap-northeast-3b']],
])('spreads over two zones of %s without asking AWS', (region, zones) => {
  const template = network(newStack(region));
  const subnets = Object.values(template.findResources('AWS::EC2::Subnet'));
  expect(subnets.map((subnet) => subnet.Properties.AvailabilityZone)).toEqual(zones);
});

test('records refused connections for three months', () => {
  const template = network();
  template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'REJECT', ResourceType: 'VPC' });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
});

test('empties the default security group', () => {
  network().resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
});
