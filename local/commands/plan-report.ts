import { counted } from '../../core/counted.ts';
import type {
  CloudPlan,
  Cost,
  CostLine,
  DatabasePlan,
  Figure,
  LocalPlan,
  Plan,
  SourcePlan,
} from '../../core/coverage/index.ts';
import { kindOf } from '../../core/policy/index.ts';
import type { Block, Fact } from '../console/document.ts';
import * as words from './plan-words.ts';

/** A plan as a page: what is achieved, why, what stands in the way, and what it costs. */
export function report(plan: Plan): Block[] {
  const { name, objectives, cloud, local } = plan;
  return [
    { kind: 'title', text: `${name}: lose at most ${objectives.rpo} (RPO), back within ${objectives.rto} (RTO)` },
    { kind: 'lines', lines: [verdict(plan)] },
    ...(cloud?.databases ?? []).flatMap((database) => databaseBlocks(database, cloud as CloudPlan)),
    ...(local ? localBlocks(local) : []),
    ...costBlocks(plan),
  ];
}

function verdict({ cloud, local, met }: Plan): string {
  if (!met) return 'An objective cannot be met: see UNMET below.';
  const all = [...(cloud?.databases ?? []), ...(local?.sources ?? [])];
  const isMeasured = all.every(({ measuredRto }) => measuredRto !== undefined);
  return `The RPO can be met. ${isMeasured ? 'Restores are as fast as they have to be.' : 'Whether the RTO can, only a restore tells.'}`;
}

function databaseBlocks(plan: CloudPlan['databases'][number], cloud: CloudPlan): Block[] {
  const { name, database, objectives, coverage, problems } = plan;
  const place = ({ place, means }: DatabasePlan['coverage'][number]) =>
    means === 'copies' && cloud.copiesAccount ? `${cloud.replica}, account ${cloud.copiesAccount}` : cloud[place];
  const size = 'storage' in database ? ` of ${database.storage}` : '';
  const what = kindOf(database) === 'cluster' ? 'Aurora cluster' : `RDS instance${size}`;
  const unbounded = coverage.filter((one) => !words.isBounded(one));
  const failed: Fact[] = problems.map((problem) => ['UNMET', ...words.problem(problem, cloud)]);
  return [
    { kind: 'heading', text: `${name}: ${what} in ${cloud.primary}` },
    {
      kind: 'table',
      header: ['PLACE', 'BY', 'WORST CASE', 'IF ONE RUN FAILS', 'KEPT'],
      rows: coverage.map((one) => [
        place(one),
        words.meansName(one),
        words.worst(one),
        one.afterFailure ? words.time(one.afterFailure) : '-',
        words.kept(one),
      ]),
    },
    {
      kind: 'facts',
      facts: [
        ...failed,
        [
          'RPO',
          `${objectives.rpo} at most; ${isMet(plan, 'primary')} in ${cloud.primary}, ${isMet(plan, 'replica')} in ${cloud.replica}`,
          ...coverage.filter(({ means }) => means !== 'point-in-time').map(words.sum),
          ...(unbounded.length > 0
            ? ['lag:       AWS gives no bound for how far replicated automated backups are behind']
            : []),
        ],
        ['RTO', words.rto(plan)],
        ['3-2-1', ...words.copies(plan.copies)],
      ],
    },
  ];
}

/** Also when only what has no bound meets it: the reader has to know what the objective rests on. */
function isMet({ coverage, objectives }: DatabasePlan, place: 'primary' | 'replica'): string {
  const meeting = coverage.filter((one) => one.place === place && one.worst.seconds <= objectives.rpo.seconds);
  if (meeting.length === 0) return 'not met';
  return meeting.some(words.isBounded) ? 'met' : 'met while replication keeps up';
}

function localBlocks({ sources, stores }: LocalPlan): Block[] {
  return [
    { kind: 'heading', text: `this machine: ${counted(sources.length, 'source')}` },
    {
      kind: 'table',
      header: ['STORE', 'KIND', 'WHERE', 'KEPT'],
      rows: stores.map(({ name, kind, host, retention }) => [
        name,
        kind,
        host ?? 'this machine',
        words.retained(retention),
      ]),
    },
    ...sameAnswers(sources).map(({ names, source }): Block => {
      const isUnmet = source.runEvery === undefined;
      return {
        kind: 'facts',
        facts: [
          ['sources', names.join(', ')],
          [isUnmet ? 'UNMET' : 'RPO', ...words.runs(source)],
          ['RTO', words.rto(source)],
          ['3-2-1', ...words.copies(source.copies)],
        ],
      };
    }),
  ];
}

/** Sources of which there is the same to say are told together. */
function sameAnswers(sources: readonly SourcePlan[]): { names: string[]; source: SourcePlan }[] {
  const answer = ({ runEvery, measuredRto, copies }: SourcePlan) => JSON.stringify({ runEvery, measuredRto, copies });
  return [...Map.groupBy(sources, answer).values()].map((group) => ({
    names: group.map(({ name }) => name),
    source: group[0] as SourcePlan,
  }));
}

function costBlocks({ cloud, local, cost }: Plan): Block[] {
  const bills: (readonly [string, Cost])[] = [
    ...(cloud?.databases ?? []).map((database) => [database.name, database.cost] as const),
    ...(cloud?.shared ?? []).map(({ name, cost }) => [name, cost] as const),
    ...(local?.stores ?? []).flatMap((store) => (store.cost ? [[store.name, store.cost] as const] : [])),
  ];
  if (bills.length === 0) return [];
  const once = bills.flatMap(([, { once }]) => once ?? []);
  const facts: Fact[] = [
    ['a month', total(cost)],
    ...(once.length > 0 ? [['once', onceText(once)] as const] : []),
    ...assumptions(cloud, local),
    ['prices', `USD without tax, looked up on ${cost.pricesAsOf}; unknown is what no source confirms (docs/plan.md)`],
    ['without', cloud ? 'the databases and buckets themselves, requests, logs and drills' : 'requests'],
  ];
  return [
    { kind: 'heading', text: 'cost a month' },
    {
      kind: 'table',
      header: ['FOR', 'WHAT', 'AMOUNT', 'PRICE', 'USD'],
      rows: bills.flatMap(([name, { lines }]) =>
        lines.map((line, index) => [
          index === 0 ? name : '',
          line.text,
          amount(line),
          price(line),
          dollars(line.usd).padStart(8),
        ]),
      ),
    },
    { kind: 'facts', facts },
  ];
}

function total({ known, unknown }: Plan['cost']): string {
  if (unknown.length === 0) return `${dollars(known)} USD`;
  const lines = counted(unknown.length, 'line');
  return known === 0 ? 'unknown' : `at least ${dollars(known)} USD, plus unknown: ${lines} above without a figure`;
}

function onceText(lines: readonly CostLine[]): string {
  const known = lines.reduce((sum, { usd }) => sum + (usd ?? 0), 0);
  const isWhole = lines.every(({ usd }) => usd !== undefined);
  return `${isWhole ? '' : 'at least '}${dollars(known)} USD${isWhole ? '' : ', plus unknown'} for the first full copies`;
}

function assumptions(cloud: CloudPlan | undefined, local: LocalPlan | undefined): Fact[] {
  const sizeless = (local?.sources ?? []).filter(({ source }) => !source.expected?.data).map(({ name }) => name);
  const isPaid = local?.stores.some(({ cost }) => cost);
  const lines = [
    ...(cloud?.databases ?? []).map(({ name, expected }) => sizes(name, expected)),
    ...(cloud?.uploads ? [sizes('uploads', cloud.uploads)] : []),
    ...(isPaid && sizeless.length > 0 ? [`${sizeless.join(', ')}: not known; expected.data would tell`] : []),
  ];
  return lines.length > 0 ? [['sizes', ...lines]] : [];
}

function sizes(name: string, { data, dailyChange }: NonNullable<CloudPlan['uploads']>): string {
  const known = [figure(data, 'GB of data'), figure(dailyChange, 'GB a day of changes')].filter(Boolean);
  return `${name}: ${known.length > 0 ? known.join(', ') : 'not known; expected.data would tell'}`;
}

function figure(of: Figure<number> | undefined, unit: string): string | undefined {
  return of && `${count(of.value)} ${unit}${of.assumed ? ' (assumed)' : ''}`;
}

function amount({ amount, unit }: CostLine): string {
  const written = unit.replace('-month', '');
  return amount === undefined ? 'unknown' : `${count(amount).padStart(6)} ${written}`;
}

function price({ price }: CostLine): string {
  return price === undefined ? 'unknown' : price.toFixed(price < 0.1 ? 3 : 2);
}

function dollars(usd: number | undefined): string {
  return usd === undefined ? 'unknown' : usd.toFixed(2);
}

/** Whole where a fraction says nothing. */
function count(value: number): string {
  return value >= 10 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}
