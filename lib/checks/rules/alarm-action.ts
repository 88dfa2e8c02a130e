import type { Rule } from '../finding.ts';
import { listOf } from '../resource.ts';

export const alarmAction: Rule = {
  id: 'alarm-action',
  looksAt: 'alarms that do nothing, other than those that a composite alarm reads',
  why: 'an alarm that rings where nobody hears it is silence',
  source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html',
  fix: 'give the alarm an action',
  isAcknowledgeable: true,
  find: (app) => {
    const composites = app
      .ofType('AWS::CloudWatch::CompositeAlarm')
      .map(({ properties }) => String(properties.AlarmRule));
    return app.ofType('AWS::CloudWatch::Alarm').flatMap((resource) => {
      const { AlarmName, AlarmActions, ActionsEnabled } = resource.properties;
      const isDisabled = ActionsEnabled === false || ActionsEnabled === 'false';
      const names = [AlarmName, `\${${resource.stack.path}/${resource.logicalId}`].filter((name) => name !== undefined);
      if (names.some((name) => composites.some((rule) => rule.includes(String(name))))) return [];
      if (!isDisabled && listOf(AlarmActions).length > 0) return [];
      return [
        {
          resource,
          location: isDisabled ? 'Properties/ActionsEnabled' : 'Properties/AlarmActions',
          sentence: `alarm ${AlarmName ?? resource.logicalId} ${isDisabled ? 'has its actions disabled' : 'has no action'}`,
          fix: 'Add an action, such as new SnsAction(topic).',
        },
      ];
    });
  },
};
