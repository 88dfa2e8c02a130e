import type { RenderedNotice } from '../../core/notice/index.ts';

/** What the notifier needs of the world. */
export interface NotifierHost {
  now(): Date;
  /** When the job of the newest completed recovery point began. @returns `none` when there is no such point */
  newestPoint(region: string, vault: string, resourceArn: string): Promise<Date | 'none'>;
  /** Each answers when the message is delivered, and fails otherwise. */
  readonly channels: Readonly<Record<'mail' | 'slack', ((notice: RenderedNotice) => Promise<void>) | undefined>>;
}
