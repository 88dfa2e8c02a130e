// The one set-up script: `npm test` and `npm run rehearse` both start here, on a fresh clone and on the thousandth run.
// It runs on whatever Node the machine has (20 or later), so it uses nothing from node_modules and no TypeScript.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const quiet = process.env.FUKUGEN_SETUP_VERBOSE ? 'inherit' : 'pipe';

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

function stop(text) {
  say(text);
  process.exit(1);
}

function run(program, args, env = {}) {
  const result = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', quiet, quiet],
    env: { ...process.env, ...env },
  });
  if (result.status === 0) return;
  if (quiet === 'pipe') process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  stop(
    `\`${program} ${args.join(' ')}\` failed${result.error ? `: ${result.error.message}` : ''}. Run it by hand to see more.`,
  );
}

/** npm ci removes and reinstalls everything, so it runs only when package.json or the lock changed since the last time it finished. */
function npmPackages() {
  const stamp = join(root, 'node_modules', '.fukugen-setup');
  const digest = createHash('sha256')
    .update(readFileSync(join(root, 'package.json')))
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  say('installing npm packages (once, about a minute)');
  run('npm', ['ci', '--no-audit', '--no-fund']);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, digest);
}

function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}

/** A PostgreSQL server is often installed without being on PATH: Debian keeps one folder a major, Homebrew one keg a major. */
function hasPostgresServer() {
  if (onPath('initdb') && onPath('pg_dump')) return true;
  const homes = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt', '/usr/pgsql'];
  return homes.some(
    (home) =>
      existsSync(home) &&
      readdirSync(home).some(
        (name) => existsSync(join(home, name, 'bin', 'initdb')) && existsSync(join(home, name, 'bin', 'pg_dump')),
      ),
  );
}

/** The same places as test/helpers/browser.ts. */
function hasBrowser() {
  const apps = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  return ['chromium', 'chromium-browser', 'google-chrome'].some(onPath) || apps.some(existsSync);
}

const programs = [
  {
    name: 'PostgreSQL server and client',
    present: hasPostgresServer,
    apt: ['postgresql', 'postgresql-client'],
    brew: ['postgresql@17'],
  },
  { name: 'restic', present: () => onPath('restic'), apt: ['restic'], brew: ['restic'] },
  // Extended attributes; macOS has no such program.
  { name: 'attr', present: () => process.platform !== 'linux' || onPath('getfattr'), apt: ['attr'], brew: [] },
  { name: 'rclone', present: () => onPath('rclone'), apt: ['rclone'], brew: ['rclone'] },
  { name: 'rsync', present: () => onPath('rsync'), apt: ['rsync'], brew: ['rsync'] },
  // Only tests open the report of a drill; a rehearsal does not wait for a browser.
  ...(process.argv.includes('--browser')
    ? [{ name: 'Chromium', present: hasBrowser, apt: ['chromium'], brew: [], cask: ['chromium'] }]
    : []),
];

function systemPrograms() {
  const missing = programs.filter((program) => !program.present());
  if (missing.length === 0) return;
  const names = missing.map((program) => program.name).join(', ');
  const apt = missing.flatMap((program) => program.apt);
  const brew = missing.flatMap((program) => program.brew);
  const cask = missing.flatMap((program) => program.cask ?? []);
  const isRoot = process.getuid?.() === 0;
  if (process.platform === 'darwin' && onPath('brew')) {
    say(`installing ${names} with Homebrew`);
    if (brew.length > 0) run('brew', ['install', ...brew]);
    if (cask.length > 0) run('brew', ['install', '--cask', ...cask]);
  } else if (isRoot && onPath('apt-get')) {
    say(`installing ${names} with apt`);
    // policy-rc.d is not ours to write: a server that the package starts on its own port does no harm to tests on free ports.
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['update', '-q'], env);
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...apt], env);
  } else if (process.platform === 'darwin') {
    stop(`${names} missing. Install Homebrew from https://brew.sh, then: brew install ${[...brew, ...cask].join(' ')}`);
  } else {
    stop(`${names} missing. Install with: sudo apt-get update && sudo apt-get install -y ${apt.join(' ')}`);
  }
  const still = programs.filter((program) => !program.present()).map((program) => program.name);
  if (still.length > 0)
    stop(`${still.join(', ')} still not found after installing. Add the programs to PATH and run again.`);
}

if (Number(process.versions.node.split('.')[0]) < 20)
  stop(`Node ${process.versions.node} is too old. Install Node 20 or later from https://nodejs.org`);
npmPackages();
systemPrograms();
