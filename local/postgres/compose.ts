import { FukugenError } from '../../core/errors.ts';
import { runProgram } from '../system/run-program.ts';
import { markSecret } from '../system/secrets.ts';
import type { PostgresPrograms } from './programs.ts';

/** A PostgreSQL that docker compose runs. Its client programs are the container's own, so they are never older than the server. */
export interface ComposeService {
  readonly service: string;
  /** Absolute. @default - what compose finds in the folder */
  readonly file?: string | undefined;
  readonly project?: string | undefined;
  /** Beside the policy, absolute. */
  readonly folder: string;
}

/** What the official image was started with. https://hub.docker.com/_/postgres */
export interface ComposeAccount {
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
}

/** A terminal would write \r\n for \n into a dump, and so destroy it: `exec` has one unless told otherwise. */
function inContainer(service: ComposeService, ...command: readonly string[]): [string, ...string[]] {
  return ['docker', ...composeOf(service), 'exec', '-T', service.service, ...command];
}

function composeOf({ file, project, folder }: ComposeService): string[] {
  return [
    'compose',
    ...(file ? ['--file', file] : ['--project-directory', folder]),
    ...(project ? ['--project-name', project] : []),
  ];
}

/** The account that the container was started with. */
export async function accountOf(service: ComposeService): Promise<ComposeAccount> {
  const lines = (await docker(service, inContainer(service, 'env'))).split('\n');
  const variable = (name: string) =>
    lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) || undefined;
  const file = variable('POSTGRES_PASSWORD_FILE');
  const password =
    variable('POSTGRES_PASSWORD') ?? (file && (await docker(service, inContainer(service, 'cat', file))));
  if (password) markSecret(password);
  const user = variable('POSTGRES_USER') ?? 'postgres';
  return { user, password: password || undefined, database: variable('POSTGRES_DB') ?? user };
}

/**
 * Where this machine reaches the server: the fingerprint is read through a connection of its own.
 *
 * @throws FukugenError `source` when the service publishes no port
 */
export async function placeOf(service: ComposeService): Promise<{ readonly host: string; readonly port: number }> {
  const command = ['docker', ...composeOf(service), 'port', service.service, '5432'] as const;
  const published = (await docker(service, [...command])).split('\n')[0] ?? '';
  const match = /^(.*):(\d+)$/.exec(published.trim());
  if (!match || match[2] === '0') {
    throw new FukugenError('source', `the service ${service.service} publishes no port for PostgreSQL`, {
      next: 'write ports: ["127.0.0.1:5432:5432"] in its compose file, for this machine alone to reach it',
    });
  }
  const host = (match[1] as string).replace(/^\[|\]$/g, '');
  // "Every address" is one to listen on, not one to connect to.
  return { host: ['0.0.0.0', '::', ''].includes(host) ? '127.0.0.1' : host, port: Number(match[2]) };
}

/**
 * The client programs inside the container. They connect through its own socket, which the official image trusts: so no password
 * needs to go through docker, whose arguments are public.
 */
export async function composePrograms(
  service: ComposeService,
  { user, database }: { readonly user: string; readonly database: string },
): Promise<PostgresPrograms> {
  const printed = await docker(service, inContainer(service, 'pg_dump', '--version'));
  const version = /\(PostgreSQL\) (.+)$/.exec(printed.trim())?.[1] ?? '';
  const through = inContainer(service, 'env', `PGUSER=${user}`, `PGDATABASE=${database}`);
  return { major: Number.parseInt(version, 10), version, bin: '', through };
}

async function docker(service: ComposeService, [program, ...args]: readonly string[]): Promise<string> {
  try {
    return (await runProgram(program as string, args, { timeout: 60 })).stdout;
  } catch (cause) {
    if (!(cause instanceof FukugenError)) throw cause;
    throw new FukugenError('source', `the service ${service.service} of docker compose: ${cause.message}`, {
      cause,
      next: `docker compose ps ${service.service}`,
    });
  }
}
