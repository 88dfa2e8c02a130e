import type { Disagreement } from './agreement.ts';

/** What is given, which may be anything as long as other mistakes are in it. */
interface Given {
  readonly name?: unknown;
  readonly cloud?: {
    readonly drills?: unknown;
    readonly databases?: Readonly<Record<string, GivenDatabase | null>>;
    readonly primary?: { readonly region?: unknown };
    readonly replica?: { readonly region?: unknown };
  };
}

interface GivenDatabase {
  readonly kind?: string;
  readonly instance?: unknown;
  readonly cluster?: unknown;
  readonly existing?: { readonly identifier?: unknown };
  readonly drill?: {
    readonly baseline?: { readonly network?: unknown };
    readonly parameterGroup?: unknown;
    readonly instanceClass?: unknown;
  };
}

/** Every database that a drill restores has an identifier that begins with this, and no other database may have one. */
export function scratchPrefix(policy: string): string {
  return `${policy}-drill-`;
}

/** Name of the state machine, in both Regions. */
export function drillMachine(policy: string): string {
  return `${policy}-drill`;
}

/** @param account - twelve digits, or what stands for them until the deployment */
export function evidenceBucket(policy: string, account: string, region: string): string {
  return `${policy}-evidence-${account}-${region}`;
}

/** Of a bucket (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html). */
const longestBucket = 63;

/** Where the drills do not fit together with the rest of the policy. */
export function drillDisagreements(policy: unknown): Disagreement[] {
  const { name, cloud } = (policy ?? {}) as Given;
  if (typeof name !== 'string' || !cloud || cloud.drills === false) return [];
  return [
    ...Object.entries(cloud.databases ?? {}).flatMap(([key, database]) =>
      database ? aboutDatabase(name, key, database) : [],
    ),
    ...aboutBucket(name, [cloud.primary?.region, cloud.replica?.region]),
  ];
}

function aboutDatabase(policy: string, key: string, database: GivenDatabase): Disagreement[] {
  const { kind, instance, cluster, existing, drill } = database;
  const say = (path: readonly string[], message: string) => [{ path: ['cloud', 'databases', key, ...path], message }];
  const isAdopted = kind === 'adopted';
  const isMade = !isAdopted && existing === undefined;
  const prefix = scratchPrefix(policy);
  const [identifier, field] = isAdopted
    ? [instance ?? cluster, [instance === undefined ? 'cluster' : 'instance']]
    : existing
      ? [existing.identifier, ['existing', 'identifier']]
      : [`${policy}-${key}`, []];
  return [
    ...(`${identifier}`.startsWith(prefix)
      ? say(
          field,
          `identifiers that begin with "${prefix}" are those of the drills, which delete them; ${isMade ? 'choose another name' : 'choose another name for the policy'}`,
        )
      : []),
    ...(!isMade && drill?.baseline && drill.baseline.network === undefined
      ? say(
          ['drill', 'baseline', 'network'],
          'where the clients of a database that exists already are is not known; write vpc, subnets and securityGroups',
        )
      : []),
    ...(isMade && drill?.parameterGroup !== undefined
      ? say(['drill', 'parameterGroup'], 'the parameter group of a database that this app makes is known; leave it out')
      : []),
    ...((isAdopted ? cluster === undefined : kind === 'instance') && drill?.instanceClass === 'db.serverless'
      ? say(
          ['drill', 'instanceClass'],
          'only an instance of a cluster is serverless; write a class such as db.t4g.medium',
        )
      : []),
  ];
}

function aboutBucket(policy: string, regions: readonly unknown[]): Disagreement[] {
  const longest = Math.max(...regions.map((region) => evidenceBucket(policy, '0'.repeat(12), `${region}`).length));
  if (longest <= longestBucket) return [];
  const most = policy.length - (longest - longestBucket);
  return [
    {
      path: ['name'],
      message: `with drills at most ${most} characters: the bucket of their evidence has the account and the Region in its name, and ${longestBucket} characters at most`,
    },
  ];
}
