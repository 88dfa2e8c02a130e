import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import pg from 'pg';
import { generate } from 'selfsigned';
import type { CheckResult } from '../../../core/integrity/checks/check.ts';
import type { CheckSettings } from '../../../core/integrity/checks/settings.ts';
import { drillChecks } from '../../../core/policy/drills.ts';
import type {
  BatchAnswer,
  CheckerConnection,
  FingerprintAnswer,
  SurveyAnswer,
} from '../../../lambda/checker/messages.ts';
import {
  type ScratchServer,
  type ScratchServerOptions,
  startScratchServer,
} from '../../../local/postgres/scratch-server.ts';

export interface Authority {
  readonly key: string;
  readonly certificate: string;
}

const dates = { notBeforeDate: new Date(Date.now() - 86_400_000), notAfterDate: new Date(Date.now() + 86_400_000) };

export async function makeAuthority(): Promise<Authority> {
  const made = await generate([{ name: 'commonName', value: `authority ${randomUUID()}` }], {
    ...dates,
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  return { key: made.private, certificate: made.cert };
}

/** A password that no message may hold, with letters that JSON and URLs write otherwise. */
export const password = `s3cret"/${randomUUID()}`;

/** A real server that speaks TLS, with a certificate of this authority for `localhost`. */
export async function startTlsServer(authority: Authority, options: ScratchServerOptions = {}): Promise<ScratchServer> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...dates,
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.key, cert: authority.certificate },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  return startScratchServer({
    ...options,
    listen: 'loopback',
    password,
    settings: { ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key', ...options.settings },
    files: { 'server.crt': made.cert, 'server.key': made.private },
  });
}

export function connectionTo(server: ScratchServer, more: Partial<CheckerConnection> = {}): CheckerConnection {
  return { host: 'localhost', port: server.port, user: server.user, password, ...more };
}

export async function run(server: ScratchServer, database: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client(server.connection(database));
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

type Answer = SurveyAnswer | BatchAnswer | FingerprintAnswer;

/** The function as it is deployed, in a process of its own that trusts this authority besides those of RDS. */
export class BundledChecker implements AsyncDisposable {
  private readonly child: ChildProcess;
  private readonly folder: string;
  private readonly waiting: ((line: string) => void)[] = [];
  /** All that it wrote. */
  output = '';

  private constructor(child: ChildProcess, folder: string) {
    this.child = child;
    this.folder = folder;
    if (!child.stdout || !child.stderr) throw new Error('the streams of the process are pipes');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.output += `${line}\n`;
      this.waiting.shift()?.(line);
    });
    child.stderr.on('data', (chunk) => {
      this.output += chunk;
    });
  }

  static async start(authority?: Authority): Promise<BundledChecker> {
    const folder = await mkdtemp(join(tmpdir(), 'fukugen-checker-'));
    const { bundle } = await bundleChecker();
    await writeFile(join(folder, 'index.cjs'), bundle);
    await writeFile(join(folder, 'run.cjs'), runner);
    if (authority) await writeFile(join(folder, 'ca.pem'), authority.certificate);
    const env = authority ? { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') } : {};
    return new BundledChecker(spawn(process.execPath, [join(folder, 'run.cjs')], { env, stdio: 'pipe' }), folder);
  }

  /** @param milliseconds - that the invocation has. @default 60,000 */
  async ask(request: object, milliseconds = 60_000, deadline = '2100-01-01T00:00:00Z'): Promise<Answer> {
    const line = await new Promise<string>((done) => {
      this.waiting.push(done);
      this.child.stdin?.write(`${JSON.stringify({ request: { ...request, deadline }, milliseconds })}\n`);
    });
    const { answer, error } = JSON.parse(line) as { readonly answer: Answer; readonly error?: string };
    if (error !== undefined) throw new Error(error);
    return answer;
  }

  /** A whole drill: the survey, and every batch in turn. */
  async checkAll(connection: CheckerConnection, settings: CheckSettings) {
    const survey = (await this.ask({ task: 'survey', connection, settings })) as SurveyAnswer;
    const answers: BatchAnswer[] = [];
    for (const batch of survey.batches) {
      answers.push((await this.ask({ task: 'batch', connection, settings, batch })) as BatchAnswer);
    }
    return { survey, answers, checks: [...survey.checks, ...answers.flatMap(({ checks }) => checks)] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.stdin?.end();
    await ended;
    await rm(this.folder, { recursive: true });
  }
}

/**
 * Milliseconds for an invocation whose time is to be over while it works, and not before: what the checker keeps for itself, and several
 * times what this machine needs for the like of it.
 */
export async function timeForMoreThan(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return 15_000 + 2_000 + 3 * Math.ceil(performance.now() - began);
}

const runner = `
const { handler } = require('./index.cjs');
require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const { request, milliseconds } = JSON.parse(line);
  const end = Date.now() + milliseconds;
  const said = await handler(request, { getRemainingTimeInMillis: () => end - Date.now() })
    .then((answer) => ({ answer }), (error) => ({ error: error.message, stack: error.stack, cause: String(error.cause) }));
  process.stdout.write(JSON.stringify(said) + '\\n');
});`;

let bundled: Promise<{ readonly bundle: string; readonly inputs: readonly string[] }> | undefined;

/** As `lib/constructs/bundled-function.ts` has it bundled. */
export function bundleChecker() {
  bundled ??= build({
    entryPoints: [resolve(import.meta.dirname, '../../../lambda/checker/handler.ts')],
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    write: false,
    metafile: true,
    logLevel: 'error',
  }).then(({ outputFiles, metafile }) => ({
    bundle: outputFiles[0]?.text ?? '',
    inputs: Object.keys(metafile.inputs),
  }));
  return bundled;
}

export function settingsFor(more: Partial<CheckSettings> = {}): CheckSettings {
  return {
    checks: { ...drillChecks, constraints: 'fail' },
    freshness: [],
    own: [],
    asOf: '2026-11-01T00:00:00Z',
    ...more,
  };
}

/** Those that did not pass, as `check database: outcome, first finding or what was not covered`. */
export function complaints(checks: readonly CheckResult[]): readonly string[] {
  return checks
    .filter(({ outcome }) => outcome !== 'passed' && outcome !== 'skipped')
    .map(({ check, name, database, outcome, findings, notCovered }) => {
      const [first] = findings;
      return `${check}${name ? ` ${name}` : ''} ${database}: ${outcome}, ${first ? `${first.object} ${first.text}` : notCovered.join(' ')}`;
    });
}
