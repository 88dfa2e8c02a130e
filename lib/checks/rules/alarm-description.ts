import type { Rule } from '../finding.ts';

export const alarmDescription: Rule = {
  id: 'alarm-description',
  looksAt: 'alarms without a description',
  why: 'who is woken by it must read what it means, not guess',
  source:
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html',
  fix: 'say what happened and what it means',
  isAcknowledgeable: true,
  find: (app) =>
    app
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ properties }) => properties.AlarmDescription === undefined || properties.AlarmDescription === '')
      .map((resource) => ({
        resource,
        location: 'Properties/AlarmDescription',
        sentence: `alarm ${resource.properties.AlarmName ?? resource.logicalId} has no description`,
        fix: 'Say in AlarmDescription what happened, what it means, and which runbook to open.',
      })),
};
