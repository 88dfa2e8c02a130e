import { expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { databaseMetric } from '../../../lambda/sentinel/metrics.ts';
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

test('more alarms than a widget shows are in several', () => {
  const databases = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`db-${index}`, main]));
  const { widgets } = dashboard(synthesise({ databases }).Watch);
  expect(widgets.filter(({ type }) => type === 'alarm').map(({ properties }) => properties.alarms?.length)).toEqual([
    100, 4,
  ]);
});
