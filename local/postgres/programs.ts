import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { FukugenError } from '../../core/errors.ts';

/** A folder of PostgreSQL programs of one major version. */
export interface PostgresPrograms {
  /** 13 to 18, and what comes after. */
  readonly major: number;
  /** As the program prints it, such as `15.20 (Debian 15.20-0+deb12u1)`. */
  readonly version: string;
  /** The folder; append the program's name. */
  readonly bin: string;
  /** What runs them where they are, such as `docker compose exec`; `bin` is then unknown here. */
  readonly through?: readonly [string, ...string[]];
}

/** The command line of one of them, for its arguments to be appended. */
export function commandOf({ bin, through }: PostgresPrograms, program: string): [string, ...string[]] {
  return through ? [...through, program] : [join(bin, program)];
}

/** Where packagers put programs that are not on PATH: Debian one folder a major, Homebrew one keg a major, PGDG's RPMs another. */
const homes = [
  { folder: '/usr/lib/postgresql', bin: (name: string) => join(name, 'bin') },
  { folder: '/opt/homebrew/opt', bin: (name: string) => join(name, 'bin') },
  { folder: '/usr/local/opt', bin: (name: string) => join(name, 'bin') },
  { folder: '/usr', bin: (name: string) => (name.startsWith('pgsql-') ? join(name, 'bin') : undefined) },
];

/**
 * Every PostgreSQL on this machine that has the named program, newest major first.
 * Version folders come before PATH: Debian's `/usr/bin/pg_dump` is a wrapper that picks a version by itself.
 */
async function findPrograms(program: string): Promise<PostgresPrograms[]> {
  const folders: string[] = [];
  for (const home of homes) {
    const names = await readdir(home.folder).catch(() => [] as string[]);
    for (const name of names.sort()) {
      const bin = home.bin(name);
      if (bin) folders.push(join(home.folder, bin));
    }
  }
  folders.push(...(process.env.PATH ?? '').split(delimiter).filter(Boolean));
  const found = new Map<number, PostgresPrograms>();
  for (const bin of folders) {
    const programs = await programsIn(bin, program);
    if (programs && !found.has(programs.major)) found.set(programs.major, programs);
  }
  return [...found.values()].sort((a, b) => b.major - a.major);
}

/** The programs in one folder, or `undefined` when the named one is not there. */
export async function programsIn(bin: string, program: string): Promise<PostgresPrograms | undefined> {
  const file = join(bin, program);
  if (
    !(await access(file, constants.X_OK).then(
      () => true,
      () => false,
    ))
  )
    return undefined;
  const { stdout } = await execa(file, ['--version'], { reject: false });
  const version = /\(PostgreSQL\) (.+)$/.exec(stdout ?? '')?.[1];
  const major = Number.parseInt(version ?? '', 10);
  return version !== undefined && major > 0 ? { major, version, bin } : undefined;
}

/**
 * The client programs (pg_dump, pg_restore, psql) for a server: the same major where installed, else the nearest newer one.
 * pg_dump refuses a server newer than itself, and an older pg_restore cannot read a newer archive.
 *
 * @throws FukugenError `missing` when every client here is older than the server
 */
export async function clientFor(serverMajor: number): Promise<PostgresPrograms> {
  return pick(await findPrograms('pg_dump'), serverMajor, 'client', 'postgresql-client');
}

/**
 * The server programs (initdb, postgres) for restoring what came from a server of this major.
 *
 * @throws FukugenError `missing` when every server here is older: a newer dump does not restore into an older server
 */
export async function serverFor(major: number): Promise<PostgresPrograms> {
  return pick(await findPrograms('initdb'), major, 'server', 'postgresql');
}

/** The newest server on this machine. */
export async function newestServer(): Promise<PostgresPrograms> {
  return serverFor(0);
}

function pick(found: readonly PostgresPrograms[], major: number, what: string, packageName: string): PostgresPrograms {
  const newEnough = found.filter((programs) => programs.major >= major);
  const picked = major === 0 ? newEnough[0] : newEnough.at(-1);
  if (picked) return picked;
  const here = found.map((programs) => programs.major).join(', ');
  throw new FukugenError(
    'missing',
    found.length === 0
      ? `no PostgreSQL ${what} programs are installed here`
      : `the PostgreSQL ${what} programs here are of major ${here}, older than the server, which is ${major}`,
    {
      next: `install ${packageName}${major > 0 ? `-${major}` : ''} (Debian, Ubuntu) or postgresql@${Math.max(major, 17)} (Homebrew)`,
    },
  );
}
