import type { Rule } from '../finding.ts';
import { textOf } from '../resource.ts';

export const alarmRunbook: Rule = {
  id: 'alarm-runbook',
  looksAt: 'descriptions of alarms without a link to a runbook',
  why: 'the first minutes go to looking for the page',
  source: 'https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_event_response_alert_runbook.html',
  fix: 'put the address of the article into the description',
  isAcknowledgeable: true,
  find: (app) =>
    app.ofType('AWS::CloudWatch::Alarm').flatMap((resource) => {
      const description = textOf(resource.properties.AlarmDescription);
      if (!description || /https?:\/\/\S+|\brunbooks?\/\S+/i.test(description)) return [];
      return [
        {
          resource,
          location: 'Properties/AlarmDescription',
          sentence: `the description of alarm ${resource.properties.AlarmName ?? resource.logicalId} links to no runbook: "${description}"`,
          fix: 'Add the address of the runbook article to AlarmDescription.',
        },
      ];
    }),
};
