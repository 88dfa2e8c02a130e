import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

/**
 * Stands between this project and a scratch PostgreSQL server, so that the server ends when the process that asked for it ends,
 * even by `kill -9`: the keeper's standard input then closes. PostgreSQL itself would go on for ever.
 *
 * Arguments: folder to remove afterwards, uid and gid to run as (-1: the same), program, its arguments.
 */
const [folder, uid, gid, program, ...args] = process.argv.slice(2) as [string, string, string, string, ...string[]];

const server = spawn(program, args, {
  stdio: ['ignore', 'inherit', 'inherit'],
  // Neither the caller's secrets nor its PG* variables are the scratch server's business.
  env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' },
  ...(Number(uid) >= 0 ? { uid: Number(uid), gid: Number(gid) } : {}),
});

// SIGQUIT: nothing in a scratch server is worth an orderly end.
const stop = () => server.kill('SIGQUIT');
process.stdin.resume();
process.stdin.once('end', stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

server.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
  process.stdin.destroy();
});
server.once('exit', (code) => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code ?? 0);
});
