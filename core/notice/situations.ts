/**
 * Everything the cloud half reports, in one place: its alarms take their description and severity from here, its notices
 * their words, and both their runbook.
 */

export type Language = 'en' | 'ja';

/** `page`: someone looks now, at night too. `ticket`: someone looks on the next working day. */
export type Severity = 'page' | 'ticket';

type Text = Readonly<Record<Language, string>>;

export interface Situation {
  readonly severity: Severity;
  /** What happened, after the name of what it happened to. */
  readonly happened: Text;
  /** What follows from it, in one or two sentences. */
  readonly means: Text;
  /** Of `runbooks/`, without language and ending. @default - the name of the situation */
  readonly article?: string;
}

/** Situations that a CloudWatch alarm watches for. Each has an article under its own name. */
export const alarmSituations = {
  'recovery-point-too-old': {
    severity: 'page',
    happened: { en: 'newest recovery point is too old', ja: '最新の復旧ポイントが古すぎます' },
    means: {
      en: 'No backup or copy has been completed here for longer than the plan allows. The more time passes, the more work a disaster would cost.',
      ja: '計画の許す時間を超えて、この場所でバックアップまたはコピーが完了していません。時間がたつほど、障害時に失う作業が増えます。',
    },
  },
  'too-few-recovery-points': {
    severity: 'ticket',
    happened: { en: 'recovery points are missing', ja: '復旧ポイントの数が足りません' },
    means: {
      en: 'There are gaps in the history: jobs failed, or points were deleted before their time. What exists can still be restored.',
      ja: '履歴に抜けがあります。ジョブが失敗したか、期限前に削除されました。残っている復旧ポイントからは復元できます。',
    },
  },
  'point-in-time-lag': {
    severity: 'page',
    happened: { en: 'point-in-time recovery lags behind', ja: 'ポイントインタイムリカバリが遅れています' },
    means: {
      en: 'RDS normally uploads the log every 5 minutes and has not done so. Changes since then can be restored from no automated backup.',
      ja: 'RDS は通常 5 分ごとにログを保存しますが、それが止まっています。以後の変更は自動バックアップから復元できません。',
    },
  },
  'replication-lag': {
    severity: 'ticket',
    happened: { en: 'replicated automated backups lag behind', ja: '自動バックアップのレプリケーションが遅れています' },
    means: {
      en: 'A point in time can be restored in this Region only up to that moment. The copies of the snapshots are a protection of their own.',
      ja: 'このリージョンでは、その時点までしかポイントインタイムリカバリができません。スナップショットのコピーは別に残っています。',
    },
  },
  'protection-drift': {
    severity: 'ticket',
    happened: { en: 'protection is not as declared', ja: '保護の設定が宣言と異なります' },
    means: {
      en: 'Retention, deletion protection, encryption, tag copying, replication or the backup plan was changed outside of the policy. Backups may still run, with less behind them.',
      ja: '保持期間、削除保護、暗号化、タグのコピー、レプリケーション、バックアッププランのいずれかが、宣言の外で変更されました。バックアップは動いていても、守りは弱くなっています。',
    },
  },
  'copy-stuck': {
    severity: 'ticket',
    happened: { en: 'copy to the other Region does not begin', ja: '別リージョンへのコピーが始まりません' },
    means: {
      en: 'AWS Backup retries for up to 2 hours without calling the job failed. While it waits, no other backup or copy of the same database runs.',
      ja: 'AWS Backup は最大 2 時間、失敗とせずに再試行します。その間、同じデータベースの次のバックアップやコピーは動きません。',
    },
  },
  'vault-drift': {
    severity: 'page',
    happened: { en: 'vault is not as declared', ja: 'ボールトの設定が宣言と異なります' },
    means: {
      en: 'The lock, or the policy that denies deletion, is gone or weaker. Recovery points may be deleted by whoever changed it.',
      ja: 'ロック、または削除を拒否するポリシーがなくなったか、弱められました。変更した者が復旧ポイントを削除できるおそれがあります。',
    },
  },
  'sentinel-silent': {
    severity: 'page',
    happened: { en: 'the sentinel is silent', ja: '監視役(sentinel)が沈黙しています' },
    means: {
      en: 'Nobody has looked at the backups in this Region for an hour. They may be fine; nothing would tell us if they were not.',
      ja: 'このリージョンのバックアップを 1 時間だれも確認していません。正常かもしれませんが、異常でも知らせは来ません。',
    },
  },
  'sentinel-errors': {
    severity: 'ticket',
    happened: { en: 'the sentinel could not read everything', ja: '監視役(sentinel)が一部を読み取れません' },
    means: {
      en: 'A call to AWS failed, so some figures are missing. The others were published.',
      ja: 'AWS への呼び出しが失敗し、一部の値が欠けています。残りの値は公開されています。',
    },
  },
  'notices-undelivered': {
    severity: 'page',
    happened: { en: 'notices were not delivered', ja: '届けられなかった通知があります' },
    means: {
      en: 'Notices wait in the dead-letter queue. Something may have been reported that nobody has seen.',
      ja: '通知が配信不能キューに残っています。だれも見ていない報告があるかもしれません。',
    },
  },
} as const satisfies Record<string, Situation>;

/** Situations that AWS reports as events, within minutes but without a promise to deliver them. */
const eventSituations = {
  'backup-job-failed': {
    severity: 'ticket',
    article: 'recovery-point-too-old',
    happened: { en: 'a backup did not complete cleanly', ja: 'バックアップが正常に完了しませんでした' },
    means: {
      en: 'This recovery point is missing or has issues. The next run of the plan tries again.',
      ja: 'この回の復旧ポイントはないか、問題があります。次の回で再び実行されます。',
    },
  },
  'copy-job-failed': {
    severity: 'ticket',
    article: 'recovery-point-too-old',
    happened: { en: 'a copy did not complete cleanly', ja: 'コピーが正常に完了しませんでした' },
    means: {
      en: 'The recovery point exists in its own Region, not in the other. The next copy is made from the next one.',
      ja: '復旧ポイントは元のリージョンにはありますが、別リージョンにはありません。次の回の復旧ポイントが再びコピーされます。',
    },
  },
  'restore-job-failed': {
    severity: 'ticket',
    article: 'database-lost',
    happened: { en: 'a restore failed', ja: '復元が失敗しました' },
    means: {
      en: 'Nothing was overwritten: a restore makes a new database.',
      ja: '復元は新しいデータベースを作るため、上書きされたものはありません。',
    },
  },
  'backups-disabled': {
    severity: 'page',
    article: 'protection-drift',
    happened: { en: 'automated backups were disabled', ja: '自動バックアップが無効にされました' },
    means: {
      en: 'RDS deletes the automated backups of an instance whose retention becomes 0. No point in time can be restored any more.',
      ja: '保持期間が 0 になると、RDS はそのインスタンスの自動バックアップを削除します。ポイントインタイムリカバリはできなくなります。',
    },
  },
  'database-at-risk': {
    severity: 'page',
    article: 'database-lost',
    happened: {
      en: 'RDS reports a failure, a deletion or a lack of storage',
      ja: 'RDS が障害、削除、または容量不足を報告しました',
    },
    means: {
      en: 'The database is down or soon will be, and no backup can be taken of a database that is not available.',
      ja: 'データベースは停止しているか、まもなく停止します。利用可能でないデータベースのバックアップは取れません。',
    },
  },
  'vault-changed': {
    severity: 'page',
    article: 'vault-drift',
    happened: { en: 'vault was changed or deleted', ja: 'ボールトが変更または削除されました' },
    means: {
      en: 'Expected during a deployment of this project, and at no other time.',
      ja: '本プロジェクトのデプロイ中であれば想定内です。それ以外では想定外です。',
    },
  },
  'plan-changed': {
    severity: 'ticket',
    article: 'protection-drift',
    happened: { en: 'backup plan was changed or deleted', ja: 'バックアッププランが変更または削除されました' },
    means: {
      en: 'Expected during a deployment of this project, and at no other time.',
      ja: '本プロジェクトのデプロイ中であれば想定内です。それ以外では想定外です。',
    },
  },
} as const satisfies Record<string, Situation>;

export type AlarmSituation = keyof typeof alarmSituations;
export type SituationName = AlarmSituation | keyof typeof eventSituations;

export const situations: Readonly<Record<SituationName, Situation>> = { ...alarmSituations, ...eventSituations };

/** The article of `runbooks/` to open. */
export function articleOf(situation: SituationName): string {
  return situations[situation].article ?? situation;
}

/**
 * The heading of the article to open.
 *
 * @param base - address of the folder `runbooks` @default - the path in this repository
 */
export function runbookLink(situation: SituationName, language: Language, base = 'runbooks'): string {
  const article = articleOf(situation);
  return `${base.replace(/\/+$/, '')}/${language}/${article}.md#${article}`;
}
