import type { NotifierConfig } from '../../lambda/notifier/config.ts';
import { mainArn } from './sample-events.ts';

/** Of one database and a bucket, in English. */
export const notifierConfig: NotifierConfig = {
  policy: 'shop',
  language: 'en',
  timezone: 'Asia/Tokyo',
  databases: { main: 'db:shop-main' },
  buckets: { Uploads: 'arn:aws:s3:::shop-photos' },
  arnPrefix: mainArn.replace(':db:shop-main', ''),
  vaults: { 'ap-northeast-1': 'shop-primary', 'ap-northeast-3': 'shop-replica' },
  plans: ['shop'],
  topicArn: 'arn:aws:sns:ap-northeast-1:111122223333:shop-notices',
};
