import { expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { databaseMetric, regionMetric } from '../../../lambda/sentinel/metrics.ts';
import { drillMetric } from '../../../lambda/shared/drill-metrics.ts';
import { main, orders, synthesise } from '../synthesise.ts';

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title: string;
    readonly metrics?: readonly (readonly [string, string, ...unknown[]])[];
    readonly alarms?: readonly unknown[];
    readonly annotations?: { readonly horizontal: readonly { readonly value: number }[] };
  };
}

/** A dashboard is a text with ARNs in it; only its shape and its names matter here. */
function dashboard(template: Template): { name: string; widgets: Widget[] } {
  const [{ Properties } = { Properties: {} }] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const parts = Properties.DashboardBody['Fn::Join'][1] as unknown[];
  const text = parts.map((part) => (typeof part === 'string' ? part : 'arn')).join('');
  return { name: Properties.DashboardName, widgets: JSON.parse(text).widgets };
}

const templates = synthesise({ databases: { main, orders } });
const primary = dashboard(templates.Watch);
const replica = dashboard(templates.ReplicaWatch);

test('each Region has one under a name of its own: dashboards have no Region', () => {
  expect([primary.name, replica.name]).toEqual(['shop-backups-primary', 'shop-backups-replica']);
});

test('the state of every alarm comes first', () => {
  for (const [{ widgets }, template] of [
    [primary, templates.Watch],
    [replica, templates.ReplicaWatch],
  ] as const) {
    const alarms = Object.keys(template.findResources('AWS::CloudWatch::Alarm'));
    expect(widgets[0]?.properties.alarms).toHaveLength(alarms.length);
  }
});

test('the age of the newest recovery point is drawn for every database, with the line that it must not cross', () => {
  for (const [{ widgets }, limits] of [
    [primary, [7 * 3_600]],
    [replica, [7 * 3_600, 28 * 3_600]],
  ] as const) {
    const graph = widgets.find(({ properties }) => properties.metrics?.[0]?.[1] === databaseMetric.age);
    expect(graph?.properties.metrics).toHaveLength(2);
    expect(graph?.properties.annotations?.horizontal.map(({ value }) => value)).toEqual(limits);
  }
});

test.each([
  ['primary', primary, ['NumberOfBackupJobsCompleted', 'NumberOfBackupJobsExpired', databaseMetric.pitrLag]],
  ['replica', replica, ['NumberOfCopyJobsCompleted', 'NumberOfCopyJobsFailed', databaseMetric.replicationLag]],
])('jobs, lag, points and storage are drawn for the %s', (_, { widgets }, own) => {
  const drawn = widgets.flatMap(({ properties }) => (properties.metrics ?? []).map(([, name]) => name));
  const { drift, count, missing, oldestAge, size } = databaseMetric;
  expect(drawn).toEqual(expect.arrayContaining([...own, drift, count, missing, oldestAge, size]));
});

test('uploads are drawn beside the databases, and where they have no figure they are not', () => {
  const { Watch, ReplicaWatch } = synthesise({ uploads: { kind: 'declared' } });
  for (const { widgets } of [Watch, ReplicaWatch].map(dashboard)) {
    const linesOf = (metric: string) =>
      widgets.find(({ properties }) => properties.metrics?.[0]?.[1] === metric)?.properties.metrics?.length;
    const { age, drift, count, missing, pitrLag, replicationLag } = databaseMetric;
    expect([age, drift, count, missing].map(linesOf)).toEqual([2, 2, 2, 2]);
    expect([pitrLag, replicationLag].map(linesOf).filter(Boolean)).toEqual([1]);
  }
});

test('the age of the export of settings is drawn where there is one', () => {
  const drawnBy = (template: Template) =>
    dashboard(template).widgets.filter(({ properties }) => properties.metrics?.[0]?.[1] === regionMetric.exportAge);
  const exporting = synthesise({ settingsExport: { every: '7d' } });
  const [graph] = drawnBy(exporting.ReplicaWatch);
  expect(graph?.properties.annotations?.horizontal).toEqual([expect.objectContaining({ value: 169 * 3_600 })]);
  expect([...drawnBy(exporting.Watch), ...drawnBy(templates.ReplicaWatch)]).toEqual([]);
});

test('the history of drills is drawn for every database over as long as evidence is kept, where there are drills', () => {
  const drawnBy = (template: Template) =>
    dashboard(template).widgets.filter(({ properties }) =>
      Object.values<string>(drillMetric).includes(properties.metrics?.[0]?.[1] ?? ''),
    );
  for (const template of [templates.Watch, templates.ReplicaWatch]) {
    const widgets = drawnBy(template);
    expect(widgets.map(({ properties }) => properties.metrics?.map(([, metric]) => metric))).toEqual(
      [drillMetric.rto, drillMetric.rpo, drillMetric.rtoExcess, drillMetric.rpoExcess].map((one) => [one, one]),
    );
    for (const { properties } of widgets) expect(properties).toMatchObject({ start: '-P400D' });
    expect(widgets.slice(2).map(({ properties }) => properties.annotations?.horizontal[0]?.value)).toEqual([0, 0]);
  }
  expect(drawnBy(synthesise({ drills: false }).Watch)).toEqual([]);
});

test('more alarms than a widget shows are in several', () => {
  const databases = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`db-${index}`, main]));
  const { widgets } = dashboard(synthesise({ databases }).Watch);
  expect(widgets.filter(({ type }) => type === 'alarm').map(({ properties }) => properties.alarms?.length)).toEqual([
    100, 87,
  ]);
});
