import type { CheckResult } from '../../integrity/checks/check.ts';
import type { Language } from '../../notice/situations.ts';
import type { DrillCheck } from '../../policy/drills.ts';
import type { DrillMarkName, DrillRecord, DrillSource } from '../record.ts';

export interface Words {
  readonly title: string;
  readonly drillsOf: (policy: string) => string;
  readonly written: string;
  readonly times: string;
  readonly all: (count: number) => string;
  readonly some: (failed: number, count: number) => string;
  readonly verdict: Readonly<Record<DrillRecord['verdict'], string>>;
  readonly outcome: Readonly<Record<CheckResult['outcome'], string>>;
  readonly source: Readonly<Record<DrillSource, string>>;
  readonly sourceMeans: Readonly<Record<DrillSource, string>>;
  readonly check: Readonly<Record<DrillCheck, string>>;
  readonly mark: Readonly<Record<DrillMarkName, string>>;
  readonly step: Readonly<Record<'restore' | 'instance' | 'password' | 'survey' | 'checks' | 'loading', string>>;
  readonly trigger: Readonly<Record<DrillRecord['trigger'], string>>;
  readonly kind: Readonly<Record<DrillRecord['kind'], string>>;
  readonly met: string;
  readonly missed: string;
  readonly notReached: string;
  readonly notMeasured: string;
  readonly objective: (length: string) => string;
  readonly heading: Readonly<
    Record<
      'summary' | 'problems' | 'databases' | 'facts' | 'timeline' | 'checks' | 'notCovered' | 'history' | 'evidence',
      string
    >
  >;
  readonly column: Readonly<
    Record<
      | 'database'
      | 'region'
      | 'verdict'
      | 'source'
      | 'rto'
      | 'rpo'
      | 'checks'
      | 'finished'
      | 'check'
      | 'outcome'
      | 'findings'
      | 'covered'
      | 'time'
      | 'step'
      | 'sinceRequest'
      | 'number'
      | 'drill'
      | 'sha256'
      | 'what'
      | 'why'
      | 'records'
      | 'chain',
      string
    >
  >;
  readonly fact: Readonly<
    Record<
      | 'cause'
      | 'drill'
      | 'trigger'
      | 'recoveryPoint'
      | 'restoredTo'
      | 'basis'
      | 'scratch'
      | 'available'
      | 'checked'
      | 'loaded'
      | 'rpo'
      | 'freshness'
      | 'size'
      | 'cost'
      | 'record',
      string
    >
  >;
  readonly basis: Readonly<Record<'snapshot-database-time' | 'snapshot-create-time' | 'restore-time', string>>;
  readonly behind: (length: string) => string;
  readonly empty: string;
  readonly more: (count: number) => string;
  readonly everything: string;
  readonly nothingChecked: string;
  readonly ofThese: (count: number) => string;
  readonly caption: Readonly<Record<'summary' | 'timeline' | 'checks' | 'notCovered' | 'history' | 'evidence', string>>;
  readonly comma: string;
  readonly chart: Readonly<Record<'timeline' | 'rto' | 'rpo', (database: string) => string>>;
  readonly legend: string;
  readonly intact: string;
  readonly damaged: (count: number) => string;
  readonly howToVerify: string;
  readonly newest: string;
}

const en: Words = {
  title: 'Restore drill report',
  drillsOf: (policy) => `Backups of ${policy}, restored and compared`,
  written: 'Written',
  times: 'Times are in',
  all: (count) =>
    count === 1
      ? 'The database was restored and passed every check.'
      : `All ${count} databases were restored and passed every check.`,
  some: (failed, count) => `${failed} of ${count} ${count === 1 ? 'database' : 'databases'} did not pass.`,
  verdict: { passed: 'Passed', failed: 'Failed' },
  outcome: { passed: 'Passed', failed: 'Failed', warned: 'Warning', incomplete: 'Incomplete', skipped: 'Skipped' },
  source: {
    latest: 'newest recovery point',
    copy: 'copy in the other Region',
    'point-in-time': 'point in time',
    random: 'random recovery point',
  },
  sourceMeans: {
    latest: 'The newest completed recovery point of the primary Region.',
    copy: 'The newest completed copy in the replica Region, restored there.',
    'point-in-time': 'A random moment that automated backups reach.',
    random: 'Any recovery point that is still kept: old on purpose, so it has no RPO.',
  },
  check: {
    connect: 'Connection and version',
    readable: 'Every table read end to end',
    indexes: 'Indexes (amcheck)',
    heap: 'Table pages (amcheck)',
    'invalid-indexes': 'No invalid index',
    constraints: 'Constraints validated',
    'foreign-keys': 'Foreign keys hold',
    sequences: 'Sequences ahead of their columns',
    extensions: 'Extensions present',
    roles: 'Roles present',
    freshness: 'Freshness of columns',
    shrinkage: 'No table shrank',
    checksums: 'Page checksums',
    baseline: 'Same as production',
    own: 'Own check',
  },
  mark: {
    chosen: 'Chosen',
    'restore-asked': 'Restore requested',
    available: 'Database available',
    'instance-asked': 'Instance requested',
    'instance-available': 'Instance available',
    'password-asked': 'New password requested',
    'password-taken': 'Ready for queries',
    surveyed: 'Tables listed',
    checked: 'Checks finished',
    loaded: 'Fully loaded from storage',
  },
  step: {
    restore: 'Restore',
    instance: 'Instance',
    password: 'Password',
    survey: 'Survey',
    checks: 'Checks',
    loading: 'Loading',
  },
  trigger: { schedule: 'by schedule', hand: 'by hand' },
  kind: { instance: 'RDS instance', cluster: 'Aurora cluster' },
  met: 'met',
  missed: 'missed',
  notReached: 'not reached',
  notMeasured: 'not measured',
  objective: (length) => `objective ${length}`,
  heading: {
    summary: 'Verdicts',
    problems: 'What went wrong',
    databases: 'Databases',
    facts: 'What was restored',
    timeline: 'Timeline',
    checks: 'Checks',
    notCovered: 'What was not covered',
    history: 'History',
    evidence: 'Evidence',
  },
  column: {
    database: 'Database',
    region: 'Region',
    verdict: 'Verdict',
    source: 'Restored from',
    rto: 'RTO',
    rpo: 'RPO',
    checks: 'Checks',
    finished: 'Finished',
    check: 'Check',
    outcome: 'Outcome',
    findings: 'Findings',
    covered: 'Covered',
    time: 'Time',
    step: 'Step',
    sinceRequest: 'Since the request',
    number: 'No.',
    drill: 'Drill',
    sha256: 'SHA-256',
    what: 'What',
    why: 'Why',
    records: 'Records',
    chain: 'Chain',
  },
  fact: {
    cause: 'Cause',
    drill: 'Drill',
    trigger: 'Started',
    recoveryPoint: 'Recovery point',
    restoredTo: 'Data as of',
    basis: 'Known from',
    scratch: 'Scratch database',
    available: 'Ready for queries after',
    checked: 'Checked after',
    loaded: 'Fully loaded after',
    rpo: 'A disaster would have cost',
    freshness: 'Newest rows',
    size: 'Size',
    cost: 'Cost, estimated',
    record: 'Record',
  },
  basis: {
    'snapshot-database-time': 'the last transaction in the snapshot',
    'snapshot-create-time': 'when the snapshot was made: what is in it may be older by as long as that took',
    'restore-time': 'the moment that was asked for',
  },
  behind: (length) => `${length} before`,
  empty: 'empty table',
  more: (count) => `and ${count} more`,
  everything: 'Everything that the policy asks for was looked at.',
  nothingChecked: 'The drill did not get as far as the checks.',
  ofThese: (count) => `${count} of these`,
  comma: ', ',
  caption: {
    summary: 'Every database, its verdict, and what was measured against the objectives',
    timeline: 'When each step was reached',
    checks: 'What was looked at, and what was found',
    notCovered: 'What nobody may take for checked',
    history: 'Every drill of this database in this Region, the newest first',
    evidence: 'The chain of records of each database',
  },
  chart: {
    timeline: (database) => `Timeline of the drill of ${database}, in bars from the request to restore`,
    rto: (database) => `RTO of ${database} in every drill, against its objective`,
    rpo: (database) => `RPO of ${database} in every drill, against its objective`,
  },
  legend: '● passed   ✕ failed   – – objective',
  intact: 'intact',
  damaged: (count) => `${count} ${count === 1 ? 'finding' : 'findings'}`,
  howToVerify: 'Each record names the SHA-256 of the one before it. This walks all of them:',
  newest: 'Newest record',
};

const ja: Words = {
  title: '復元訓練 報告書',
  drillsOf: (policy) => `${policy} のバックアップを復元し、内容を検証した記録`,
  written: '作成日時',
  times: '時刻の基準',
  all: (count) =>
    count === 1
      ? 'データベースを復元し、すべての検査に合格しました。'
      : `${count} 個のデータベースすべてを復元し、すべての検査に合格しました。`,
  some: (failed, count) => `${count} 個中 ${failed} 個のデータベースが不合格です。`,
  verdict: { passed: '合格', failed: '不合格' },
  outcome: { passed: '合格', failed: '不合格', warned: '警告', incomplete: '未完了', skipped: '対象外' },
  source: {
    latest: '最新の復旧ポイント',
    copy: '別リージョンのコピー',
    'point-in-time': '任意の時点',
    random: '無作為の復旧ポイント',
  },
  sourceMeans: {
    latest: 'プライマリリージョンで完了した最新の復旧ポイントです。',
    copy: 'レプリカリージョンで完了した最新のコピーを、そのリージョンで復元しました。',
    'point-in-time': '自動バックアップで戻せる範囲から無作為に選んだ時点です。',
    random: '保持中の復旧ポイントから無作為に選びました。意図して古いものを含むため、RPO は測定しません。',
  },
  check: {
    connect: '接続とバージョン',
    readable: '全テーブルの読み取り',
    indexes: 'インデックス (amcheck)',
    heap: 'テーブルのページ (amcheck)',
    'invalid-indexes': '無効なインデックスの有無',
    constraints: '制約の検証状態',
    'foreign-keys': '外部キーの整合性',
    sequences: 'シーケンスと列の整合性',
    extensions: '拡張機能の有無',
    roles: 'ロールの有無',
    freshness: '列の新しさ',
    shrinkage: 'テーブルの縮小',
    checksums: 'ページのチェックサム',
    baseline: '本番との一致',
    own: '独自の検査',
  },
  mark: {
    chosen: '対象を選択',
    'restore-asked': '復元を要求',
    available: 'データベースが利用可能',
    'instance-asked': 'インスタンスを要求',
    'instance-available': 'インスタンスが利用可能',
    'password-asked': '新しいパスワードを要求',
    'password-taken': '問い合わせ可能',
    surveyed: 'テーブルを列挙',
    checked: '検査終了',
    loaded: 'ストレージから読み込み完了',
  },
  step: {
    restore: '復元',
    instance: 'インスタンス',
    password: 'パスワード',
    survey: '列挙',
    checks: '検査',
    loading: '読み込み',
  },
  trigger: { schedule: '定期実行', hand: '手動実行' },
  kind: { instance: 'RDS インスタンス', cluster: 'Aurora クラスター' },
  met: '達成',
  missed: '未達',
  notReached: '到達せず',
  notMeasured: '測定対象外',
  objective: (length) => `目標 ${length}`,
  heading: {
    summary: '判定',
    problems: '発生した問題',
    databases: 'データベース',
    facts: '復元の内容',
    timeline: '経過',
    checks: '検査',
    notCovered: '検査していないもの',
    history: '推移',
    evidence: '証跡',
  },
  column: {
    database: 'データベース',
    region: 'リージョン',
    verdict: '判定',
    source: '復元元',
    rto: 'RTO',
    rpo: 'RPO',
    checks: '検査',
    finished: '終了',
    check: '検査',
    outcome: '結果',
    findings: '所見',
    covered: '検査数',
    time: '時刻',
    step: '段階',
    sinceRequest: '要求から',
    number: '番号',
    drill: '訓練',
    sha256: 'SHA-256',
    what: '対象',
    why: '理由',
    records: '記録',
    chain: '連鎖',
  },
  fact: {
    cause: '原因',
    drill: '訓練',
    trigger: '開始',
    recoveryPoint: '復旧ポイント',
    restoredTo: 'データの時点',
    basis: '時点の根拠',
    scratch: '訓練用データベース',
    available: '問い合わせ可能まで',
    checked: '検査終了まで',
    loaded: '読み込み完了まで',
    rpo: '障害時に失われたはずの時間',
    freshness: '最新の行',
    size: '容量',
    cost: '費用 (概算)',
    record: '記録',
  },
  basis: {
    'snapshot-database-time': 'スナップショット内の最後のトランザクション',
    'snapshot-create-time': 'スナップショットの作成時刻 (中身は作成にかかった時間だけ古い場合があります)',
    'restore-time': '指定した時点',
  },
  behind: (length) => `${length}前`,
  empty: '空のテーブル',
  more: (count) => `ほか ${count} 件`,
  everything: 'ポリシーの求める対象をすべて検査しました。',
  nothingChecked: '検査まで到達しませんでした。',
  ofThese: (count) => `${count} 件`,
  comma: '、',
  caption: {
    summary: '各データベースの判定と、目標に対する測定値',
    timeline: '各段階に到達した時刻',
    checks: '検査の対象と所見',
    notCovered: '検査済みとみなせないもの',
    history: 'このリージョンでの、このデータベースの全訓練 (新しい順)',
    evidence: '各データベースの記録の連鎖',
  },
  chart: {
    timeline: (database) => `${database} の訓練の経過 (復元の要求から)`,
    rto: (database) => `${database} の RTO の推移と目標`,
    rpo: (database) => `${database} の RPO の推移と目標`,
  },
  legend: '● 合格   ✕ 不合格   – – 目標',
  intact: '異常なし',
  damaged: (count) => `異常 ${count} 件`,
  howToVerify: '各記録は直前の記録の SHA-256 を含みます。次のコマンドで全体を検証できます。',
  newest: '最新の記録',
};

export const wordsOf: Readonly<Record<Language, Words>> = { en, ja };
