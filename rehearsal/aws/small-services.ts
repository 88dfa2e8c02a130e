import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as sns from '@aws-sdk/client-sns';
import { Operations } from './operations.ts';
import { ServiceProtocol } from './protocol.ts';

export interface PublishedFigure {
  readonly region: string;
  readonly name: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Keeps every figure that is published, in order. */
export class Figures {
  readonly published: PublishedFigure[] = [];
  readonly service = new Operations(new ServiceProtocol('json', cloudwatch)).on(
    cloudwatch.PutMetricDataCommand,
    ({ MetricData = [] }, { region }) => {
      for (const { MetricName = '', Value = Number.NaN, Dimensions = [] } of MetricData) {
        const dimensions = Object.fromEntries(Dimensions.map((one) => [one.Name ?? '', one.Value ?? '']));
        this.published.push({ region, name: MetricName, value: Value, dimensions });
      }
      return {};
    },
  );
}

export interface PublishedNotice {
  readonly topic: string;
  readonly subject: string;
  readonly message: string;
}

/** Keeps every notice that is sent, in order. */
export class Mailbox {
  readonly notices: PublishedNotice[] = [];
  readonly service = new Operations(new ServiceProtocol('query', sns)).on(
    sns.PublishCommand,
    ({ TopicArn = '', Subject = '', Message = '' }) => {
      this.notices.push({ topic: TopicArn, subject: Subject, message: Message });
      return { MessageId: `${this.notices.length}` };
    },
  );
}
