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
      en: 'Retention, deletion protection, encryption, versioning, tag copying, replication or the backup plan was changed outside of the policy. Backups may still run, with less behind them.',
      ja: '保持期間、削除保護、暗号化、バージョニング、タグのコピー、レプリケーション、バックアッププランのいずれかが、宣言の外で変更されました。バックアップは動いていても、守りは弱くなっています。',
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
  'settings-export-too-old': {
    severity: 'ticket',
    happened: { en: 'settings have not been exported', ja: '設定の書き出しが止まっています' },
    means: {
      en: 'The last complete export is older than its schedule: runs failed, or there were none. What was exported before is still there; settings changed since then would have to be found out again.',
      ja: '最後に完了した書き出しが予定より古くなっています。実行が失敗したか、実行されていません。以前に書き出した分は残っていますが、その後に変えた設定は調べ直しになります。',
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
  'drill-failed': {
    severity: 'page',
    happened: { en: 'the restore drill failed', ja: '復元訓練が失敗しました' },
    means: {
      en: 'A database could not be restored from what there is, or what came back is not what it should be. If it were needed now, it would fail the same way. Production was not touched.',
      ja: 'いまあるバックアップから復元できなかったか、復元した内容が正しくありません。本当に必要になっても同じように失敗します。本番には触れていません。',
    },
  },
  'recovery-time-exceeded': {
    severity: 'ticket',
    happened: { en: 'recovery takes longer than its objective', ja: '復旧時間が目標(RTO)を超えています' },
    means: {
      en: 'The last drill needed more time than the policy promises. The data came back; after a disaster it would come back too late.',
      ja: '直近の訓練で、ポリシーの約束より長くかかりました。データは戻りますが、障害時には間に合いません。',
    },
  },
  'recovery-point-exceeded': {
    severity: 'ticket',
    happened: { en: 'more data would be lost than the objective allows', ja: '失われるデータが目標(RPO)を超えます' },
    means: {
      en: 'What the last drill restored was older than the policy promises. A disaster at that moment would have cost more work than the business can bear.',
      ja: '直近の訓練で復元したデータは、ポリシーの約束より古いものでした。その時点の障害では、許容を超える作業が失われたことになります。',
    },
  },
  'drill-overdue': {
    severity: 'ticket',
    happened: { en: 'no drill has finished for 35 days', ja: '35 日間、完了した復元訓練がありません' },
    means: {
      en: 'Nobody knows whether the backups made since then can be restored. The schedule may be off, or drills end before they write a record.',
      ja: 'それ以後のバックアップが復元できるかどうか、だれも確かめていません。スケジュールが止まっているか、記録を書く前に訓練が終わっています。',
    },
  },
  'drill-leftovers': {
    severity: 'ticket',
    happened: { en: 'a drill left something behind', ja: '訓練の残りものがあります' },
    means: {
      en: 'A scratch database, or a backup of one, outlived its drill. The janitor deletes what is surely the drill’s own, and leaves the rest to a person. It costs money and holds a copy of the data.',
      ja: '訓練用のデータベースか、そのバックアップが残っていました。訓練のものと確かなら自動で削除し、そうでなければ人に任せます。費用がかかり、データの写しでもあります。',
    },
  },
  'janitor-silent': {
    severity: 'ticket',
    happened: { en: 'the janitor of the drills is silent', ja: '訓練の後片付け役(janitor)が沈黙しています' },
    means: {
      en: 'Nobody has looked for what drills left behind, or for how old the last drill is, for three hours. An overdue drill would not be told of.',
      ja: '訓練の残りものと、最後の訓練からの経過時間を、3 時間だれも確認していません。訓練が遅れていても知らせは来ません。',
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
      en: 'The database is down or gone, or soon will be. No backup can be taken of one that is not available; what was taken before stays.',
      ja: 'データベースは停止したか、なくなったか、まもなくそうなります。利用可能でないデータベースのバックアップは取れませんが、これまでに取ったものは残っています。',
    },
  },
  'vault-changed': {
    severity: 'page',
    article: 'vault-drift',
    happened: { en: 'vault was changed or deleted', ja: 'ボールトが変更または削除されました' },
    means: {
      en: 'Expected while this project is deployed. At any other time, take it for an attack on the backups until somebody has explained it.',
      ja: '本プロジェクトのデプロイ中なら想定内です。それ以外なら、説明がつくまでバックアップへの攻撃とみなしてください。',
    },
  },
  'plan-changed': {
    severity: 'ticket',
    article: 'protection-drift',
    happened: { en: 'backup plan was changed or deleted', ja: 'バックアッププランが変更または削除されました' },
    means: {
      en: 'Expected while this project is deployed. At any other time somebody changed what is backed up, when, or for how long it is kept.',
      ja: '本プロジェクトのデプロイ中なら想定内です。それ以外なら、対象、時刻、保持期間のいずれかをだれかが変えました。',
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
