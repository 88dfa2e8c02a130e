import { counted } from '../../core/counted.ts';
import type {
  CloudPlan,
  Copy,
  CopyCount,
  Coverage,
  DatabasePlan,
  Problem,
  Remedy,
  SourcePlan,
  Term,
} from '../../core/coverage/index.ts';
import type { Duration, Retention } from '../../core/policy/index.ts';

/** The sentences of a plan. Numbers come from `core/policy`; nothing is reckoned here. */

/** `5h 00m`, so that a column of them lines up. */
export function time(duration: Duration): string {
  if (duration.hours < 1) return `${duration}`;
  const minutes = Math.round(duration.minutes);
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

/** `3h`, `1h 15m`: within a sentence. */
function short(duration: Duration): string {
  return time(duration).replace(' 00m', '');
}

const meansNames: Readonly<Record<Coverage['means'], string>> = {
  'point-in-time': 'point in time',
  snapshots: 'snapshots',
  copies: 'copies',
};

export function meansName({ means, place }: Coverage): string {
  return means === 'point-in-time' && place === 'replica' ? 'point in time, replicated' : meansNames[means];
}

/** Whether AWS gives a bound for every part of it. */
export function isBounded({ terms }: Coverage): boolean {
  return terms.every(({ length }) => length !== undefined);
}

export function worst(coverage: Coverage): string {
  return isBounded(coverage) ? time(coverage.worst) : `${time(coverage.worst)} + lag`;
}

export function kept({ kept: { for: keep, points, longer = [] } }: Coverage): string {
  if (!points) return `every second of ${keep}`;
  const generations = longer.map((one) => `${one.of} ${range(one.points)}, ${one.for}`);
  return [`${range(points)} points, ${keep}`, ...generations].join('; ');
}

/** As the policy has it, rule by rule: a generation stays when one of them keeps it. */
export function retained(retention: Retention | undefined): string {
  if (!retention) return 'every generation: none is removed';
  const { last, within, ...others } = retention;
  return [
    ...(within ? [`everything for ${within}`] : []),
    ...(last ? [`the last ${last}`] : []),
    ...Object.entries(others).map(([rule, much]) =>
      rule.startsWith('within') ? `${rule.slice('within'.length).toLowerCase()} for ${much}` : `${much} ${rule}`,
    ),
  ].join(', ');
}

function range({ least, most }: { readonly least: number; readonly most: number }): string {
  return least === most ? `${least}` : `${least}-${most}`;
}

export function sum(coverage: Coverage): string {
  const label = `${meansName(coverage)}:`.padEnd('snapshots: '.length);
  const addends = coverage.terms.flatMap((term) => (term.length ? [`${short(term.length)} ${name(term)}`] : []));
  return `${label}${time(coverage.worst)} = ${addends.join(' + ')}`;
}

function name({ of, assumed, expired = 0, clocksChange }: Term): string {
  const note = assumed ? ' (assumed)' : '';
  if (of !== 'starts') return `${of}${note}`;
  const span =
    expired === 0
      ? 'from one start to the next'
      : `between two starts, ${expired === 1 ? 'the one' : `the ${expired}`} between them expired`;
  return clocksChange ? `${span}, when the clocks change on ${clocksChange}` : span;
}

/** What has been measured of the objective, if anything. */
export function rto({
  objectives,
  measuredRto,
}: Pick<DatabasePlan | SourcePlan, 'objectives' | 'measuredRto'>): string {
  return `${objectives.rto} at most; ${measuredRto ? `${short(measuredRto)} measured` : 'not measured yet'}`;
}

export function copies({ copies, media, offSite, holds, remarks }: CopyCount): string[] {
  const on = (medium: string) => {
    const names = copies.filter((copy) => copy.medium === medium).map(copyName);
    return `${names.join(', ')} on ${medium}`;
  };
  return [
    `${holds ? 'holds' : 'does not hold'}: ${counted(copies.length, 'copy', 'copies')} on ${counted(media.length, 'medium', 'media')}, ${offSite.length === 0 ? 'none' : offSite.length} off-site`,
    media.map(on).join('; '),
    ...remarks,
  ];
}

function copyName({ name, offSite }: Copy): string {
  return offSite ? `${name} (off-site)` : name;
}

/** What is wrong, and on the lines below what would be right. */
export function problem(wrong: Problem, { primary, replica, cadence }: CloudPlan): string[] {
  switch (wrong.kind) {
    case 'objective': {
      const where = wrong.place === 'primary' ? primary : replica;
      const better = wrong.remedies.map((remedy) => `${change(remedy)} would give ${time(remedy.gives)} in ${where}`);
      return [
        `RPO ${wrong.objective} cannot be met in ${where}: the worst case is ${time(wrong.worst)}`,
        ...(better.length > 0 ? better : [nothingMeets(wrong)]),
      ];
    }
    case 'overrun':
      return [
        `snapshot and copy hold the database for ${short(wrong.busy)}, the next try included, and it is ${short(wrong.every)} to the next start`,
        `one job per database runs at a time, so ${wrong.always ? 'the start after every run expires' : 'starts expire now and then'}`,
        wrong.remedy
          ? `${change(wrong.remedy)} would leave room, and give ${time(wrong.remedy.gives)} in ${replica}`
          : 'no cadence leaves room: even one run a day is too often',
      ];
    case 'cancelled':
      return [
        `AWS Backup cancels a snapshot of ${short(wrong.snapshot)} at the end of completionWindow: ${cadence.completionWindow}`,
        `completionWindow: ${wrong.snapshot} would let it finish`,
      ];
    case 'restore':
      return [`RTO ${wrong.objective} cannot be met: a restore took ${short(wrong.measured)}`];
  }
}

function change({ every, startWindow, copyEvery, replicateAutomatedBackups }: Remedy): string {
  return [
    every && `every: ${every}`,
    startWindow && `startWindow: ${startWindow}`,
    copyEvery && `copyEvery: ${copyEvery}`,
    replicateAutomatedBackups && 'replicateAutomatedBackups: true',
  ]
    .filter(Boolean)
    .join(' with ');
}

function nothingMeets({ withoutCadence, objective }: Extract<Problem, { kind: 'objective' }>): string {
  return withoutCadence.seconds >= objective.seconds
    ? `no cadence meets it: start window, snapshot and copy alone are ${short(withoutCadence)}`
    : 'no cadence meets it that leaves RDS room for its own windows and jobs time to end';
}

export function runs({ objectives, run, runEvery, cronEvery }: SourcePlan): string[] {
  const takes = `a run ${run.assumed ? 'is assumed to take' : 'takes'} ${short(run.value)}`;
  if (!runEvery) {
    return [
      `RPO ${objectives.rpo} cannot be met: ${takes}, and what changed since the one before is lost with it`,
      `an rpo of more than ${short(run.value)}, or a shorter run, would do; expectedRun says how long it takes`,
    ];
  }
  return [
    'no schedule is in the policy, so: as often as `fukugen backup` runs',
    `${objectives.rpo} at most needs a run every ${short(runEvery)}, since ${takes}${cronEvery ? `; from cron, every ${short(cronEvery)}` : ''}`,
  ];
}
