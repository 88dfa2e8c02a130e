import { type CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { type Metric, namespace } from '../sentinel/metrics.ts';

/** A call takes at most 1,000 (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html). */
const metricsPerCall = 1_000;

export async function putMetrics(cloudWatch: CloudWatchClient, metrics: readonly Metric[]): Promise<void> {
  for (let first = 0; first < metrics.length; first += metricsPerCall) {
    const MetricData = metrics.slice(first, first + metricsPerCall).map(({ name, value, unit, dimensions }) => ({
      MetricName: name,
      Value: value,
      Unit: unit,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    }));
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: namespace, MetricData }));
  }
}
