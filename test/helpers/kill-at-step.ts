import childProcess from 'node:child_process';
import fs, { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';

/**
 * Loaded into a run before the run itself (`node --import`). Writes down each step it takes that something outside can see, and ends
 * it with SIGKILL right before or right after one of them: so moments are hit that no clock finds, such as the one between two renames.
 * The steps are: a stage named to the user, a name changed in the file system, a statement that changes a server, a program started.
 *
 *     KILL_STEPS=<file>   receives a line for each step
 *     KILL_AT=3 after     the third step; the process alone
 *     KILL_AT=3 before group
 */
const { KILL_STEPS: list = '', KILL_AT = '' } = process.env;
const [at, side, whole] = KILL_AT.split(' ');
let steps = 0;

function step<T>(name: string, take: () => T): T {
  steps += 1;
  const isLast = steps === Number(at);
  appendFileSync(list, `${name.replaceAll('\n', ' ')}\n`);
  if (isLast && side === 'before') die();
  const taken = take();
  if (!isLast) return taken;
  if (taken instanceof Promise) return taken.finally(die) as T;
  die();
  return taken;
}

function die(): void {
  process.kill(whole ? -process.pid : process.pid, 'SIGKILL');
}

// biome-ignore lint/suspicious/noExplicitAny: functions of any shape are wrapped alike
function watch(owner: any, name: string, describe: (first: any, second: any) => string | undefined): void {
  const original = owner[name];
  owner[name] = function (this: unknown, ...given: unknown[]) {
    const what = describe(given[0], given[1]);
    return what === undefined
      ? original.apply(this, given)
      : step(`${name} ${what}`, () => original.apply(this, given));
  };
}

for (const name of ['rename', 'link', 'symlink', 'copyFile']) watch(fs.promises, name, (from, to) => `${from} ${to}`);
for (const name of ['rm', 'mkdir', 'mkdtemp', 'writeFile']) watch(fs.promises, name, (path) => path);
watch(fs.promises, 'open', (path, flags) => (/[wax]/.test(flags) ? path : undefined));
watch(childProcess, 'spawn', (program, args) => [program, ...args].join(' '));
watch(process.stderr, 'write', (text) => text);
watch(Socket.prototype, 'write', (bytes) => {
  const statement = Buffer.isBuffer(bytes) && bytes[0] === 0x51 ? bytes.toString('utf8', 5, bytes.length - 1) : '';
  return /^(BEGIN|COMMIT|ALTER|CREATE|DROP|COMMENT|GRANT)/.test(statement) ? statement : undefined;
});
syncBuiltinESMExports();
