import type { Rule } from '../finding.ts';

export const unprotectedDatabase: Rule = {
  id: 'unprotected-database',
  looksAt: 'databases that no plan of the app selects',
  why: 'nobody notices that a database has no backups until it is needed',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html',
  fix: 'select the database in a plan',
  isAcknowledgeable: true,
  find: (app) =>
    app.databases
      .filter((database) =>
        app.plans.every((plan) => plan.selections.every((selection) => selection.selects(database) === false)),
      )
      // A selection of a plan that is elsewhere may well name it.
      .filter(
        () =>
          app.isWhole &&
          app.plans.flatMap((plan) => plan.selections).length === app.ofType('AWS::Backup::BackupSelection').length,
      )
      .map(({ resource, name, kind }) => ({
        resource,
        location: 'Properties',
        sentence: `no plan of the app selects the ${kind} ${name}`,
        fix: 'Add its ARN to the selection of a plan, or acknowledge why it needs none.',
      })),
};
