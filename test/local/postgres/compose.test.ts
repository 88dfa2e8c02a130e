import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

/**
 * Stands for docker where there is no container engine: holds its arguments against what the real one takes, refuses a terminal,
 * and runs the command with what a container would have around it.
 */
const docker = `#!/bin/sh
printf '%s\\n' "$*" >> "$HOME/docker.log"
. "$HOME/container"
if [ -t 0 ] || [ -t 1 ]; then echo 'a terminal is attached' >&2; exit 90; fi
[ "$1" = compose ] || exit 91
shift
while :; do
  case $1 in
    --file) [ -f "$2" ] || { echo "open $2: no such file or directory" >&2; exit 14; }; shift 2 ;;
    --project-directory | --project-name) shift 2 ;;
    *) break ;;
  esac
done
case $1 in
  port)
    [ "$2 $3" = 'db 5432' ] || exit 92
    [ -n "$published" ] || { echo 'no port 5432/tcp for container db-1' >&2; exit 1; }
    echo "$published" ;;
  exec)
    [ "$2" = -T ] || { echo 'the input device is not a TTY' >&2; exit 93; }
    [ "$3" = db ] || { echo "service \\"$3\\" is not running" >&2; exit 1; }
    shift 3
    if [ "$*" = env ]; then printf '%s\\n' PATH=/usr/bin "POSTGRES_USER=$user" "$inside" POSTGRES_DB=shop; exit; fi
    PGHOST=$host PGPORT=$port PGPASSWORD=$password exec "$@" ;;
  *) exit 94 ;;
esac
`;

let server: LocalServer;
let workspace: LocalWorkspace;

const stores = { disk: { kind: 'generations', path: 'disk' } };
const withService = (more: object = {}) => ({ shop: { kind: 'postgres', compose: { service: 'db', ...more } } });

beforeAll(async () => {
  server = await startLocalServer();
  await server.create(
    'shop',
    `CREATE TABLE goods (name text); INSERT INTO goods SELECT g::text FROM generate_series(1, 500) g`,
  );
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

beforeEach(async () => {
  workspace = await LocalWorkspace.open({ sources: withService(), stores });
  await writeFile(workspace.path('bin', 'docker'), docker);
  await chmod(workspace.path('bin', 'docker'), 0o755);
  await container();
});

afterEach(() => workspace[Symbol.asyncDispose]());

/** What the container has; `inside` is the variable that tells its password. */
async function container(more: Readonly<Record<string, string>> = {}): Promise<void> {
  const { host, port, user } = server.scratch;
  const values = {
    host,
    port: String(port),
    user,
    password: server.password,
    published: `0.0.0.0:${port}`,
    inside: `POSTGRES_PASSWORD=${server.password}`,
    ...more,
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}='${value}'`);
  await writeFile(workspace.path('container'), lines.join('\n'));
}

async function typed(): Promise<string[]> {
  return (await readFile(workspace.path('docker.log'), 'utf8')).split('\n').filter(Boolean);
}

describe('given a database in a service of docker compose', () => {
  it('when it is backed up, then the container’s own client dumps it, without a terminal and without a password in an argument', async () => {
    // What this shell says of other servers is not about this one.
    const environment = { PGHOST: 'elsewhere.invalid', PGUSER: 'somebody', PGDATABASE: 'another' };
    const { status, json } = await workspace.run(['backup', '--json'], { environment });
    expect(status).toBe(0);
    expect(json.sources[0].detail).toMatchObject({ database: 'shop', tables: 1, rows: 500 });
    expect(json.sources[0].detail.clientVersion).toMatch(/^\d+\.\d+/);
    const dumping = (await typed()).filter((line) => /pg_dump(all)? --(?!version)/.test(line));
    expect(dumping).toHaveLength(3);
    for (const line of dumping)
      expect(line).toMatch(
        new RegExp(
          `^compose --project-directory \\S+ exec -T db env PGUSER=${server.scratch.user} PGDATABASE=shop pg_dump`,
        ),
      );
    expect((await typed()).join()).not.toContain(server.password);
  });

  it('when it is verified and restored, then it is what was backed up', async () => {
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    expect(await workspace.run(['verify', '--level', 'identical'])).toMatchObject({ status: 0 });
    await server.query('shop', 'DELETE FROM goods WHERE name = $$7$$');
    expect(await workspace.run(['compare', 'shop'])).toMatchObject({ status: 4 });
    const { status, json } = await workspace.run(['restore', 'shop', '--in-place', '--no-safety', '--yes', '--json']);
    expect(json).toMatchObject({ verdict: 'identical', inPlace: true });
    expect(status).toBe(0);
    expect(await server.query('shop', 'SELECT count(*)::int AS rows FROM goods')).toEqual([{ rows: 500 }]);
  });

  it('when the policy names file and project, then compose is told', async () => {
    await mkdir(workspace.path('app'));
    await writeFile(workspace.path('app', 'compose.yml'), '');
    await workspace.write({ sources: withService({ file: 'app/compose.yml', project: 'shop-dev' }), stores });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const prefix = `compose --file ${workspace.path('app', 'compose.yml')} --project-name shop-dev `;
    for (const line of await typed()) expect(line.startsWith(prefix)).toBe(true);
  });

  it('when its password is in a file of the container, then it is read there, and a password of the policy comes first', async () => {
    await writeFile(workspace.path('password'), `${server.password}\n`);
    await container({ inside: `POSTGRES_PASSWORD_FILE=${workspace.path('password')}` });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
    const wrong = { shop: { ...withService().shop, password: 'env:WRONG' } };
    await workspace.write({ sources: wrong, stores });
    const refused = await workspace.run(['backup'], { environment: { WRONG: 'not it' } });
    expect(refused.stderr).toMatch(/refuses the account/);
    expect(refused.status).toBe(8);
  });
});

describe('given a service that cannot be reached', () => {
  it('when it does not run, then that is told in docker’s own words, with the next command', async () => {
    await workspace.write({ sources: withService({ service: 'nothing' }), stores });
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toMatch(
      /the service nothing of docker compose: docker ended with status 1: service "nothing" is not running\n {2}next: docker compose ps nothing/,
    );
    expect(status).toBe(6);
  });

  it.each([
    ['publishes nothing', '', /the service db of docker compose: .*no port 5432\/tcp/],
    [
      'has a port of 0',
      ':0',
      /the service db publishes no port for PostgreSQL\n {2}next: write ports: \["127\.0\.0\.1/,
    ],
  ])('when it %s, then that is told', async (_what, published, message) => {
    await container({ published });
    const { status, stderr } = await workspace.run(['backup']);
    expect(stderr).toMatch(message);
    expect(status).toBe(6);
  });

  it('when it publishes on every IPv6 address, then it is reached on this machine', async () => {
    await container({ published: `[::]:${server.scratch.port}` });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 0 });
  });

  it('when docker is not installed, then that is told', async () => {
    const PATH = workspace.path('bin');
    await writeFile(workspace.path('bin', 'docker'), '');
    await chmod(workspace.path('bin', 'docker'), 0o600);
    for (const name of ['dirname', 'readlink'])
      await writeFile(workspace.path('bin', name), `#!/bin/sh\nexec /usr/bin/${name} "$@"\n`, { mode: 0o755 });
    const { status, stderr } = await workspace.run(['backup'], { environment: { PATH } });
    expect(stderr).toMatch(/docker/);
    expect(status).toBe(6);
  });
});

describe('given a policy with compose and a place beside it', () => {
  it.each([
    [{ host: 'db' }, /compose tells host and port by itself: leave them out/],
    [{ url: 'env:X' }, /give either url or the separate fields, not both/],
  ])('when it has %j, then it is refused', async (more, message) => {
    await workspace.write({ sources: { shop: { ...withService().shop, ...more } }, stores });
    expect(await workspace.run(['backup'])).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
  });
});
