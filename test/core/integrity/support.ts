import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { execa } from 'execa';
import pg from 'pg';
import {
  type Comparison,
  compareFingerprints,
  type DatabaseFingerprint,
  type FingerprintOptions,
  fingerprintDatabase,
  openSnapshot,
} from '../../../core/integrity/index.ts';
import { clientFor, newestServer, type PostgresPrograms } from '../../../local/postgres/programs.ts';
import { type ScratchServer, startScratchServer } from '../../../local/postgres/scratch-server.ts';

type Restore = 'logical' | 'physical';

/** A real server, and the few things that tests of fingerprints do with it. */
export class TestServer {
  private readonly server: ScratchServer;
  private made = 0;

  constructor(server: ScratchServer) {
    this.server = server;
  }

  get major(): number {
    return this.server.programs.major;
  }

  /** A new database in which this SQL was run; `options` follow CREATE DATABASE. */
  async database(sql = '', options = ''): Promise<string> {
    const name = `test_${++this.made}`;
    await this.run('postgres', `create database ${name} ${options}`);
    if (sql) await this.run(name, sql);
    return name;
  }

  /** One statement or several in one transaction. */
  async run(database: string, sql: string, user?: string): Promise<pg.QueryResult> {
    return this.connected(database, (client) => client.query(sql), user);
  }

  async connected<T>(database: string, use: (client: pg.Client) => Promise<T>, user?: string): Promise<T> {
    const client = new pg.Client({ ...this.server.connection(database), ...(user ? { user } : {}) });
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  }

  async fingerprint(
    database: string,
    options: FingerprintOptions & { readonly user?: string } = {},
  ): Promise<DatabaseFingerprint> {
    const { user, ...rest } = options;
    return this.connected(
      database,
      async (client) => {
        await openSnapshot(client);
        return fingerprintDatabase(client, rest);
      },
      user,
    );
  }

  /** The content hash of a table made by this SQL. */
  async content(sql: string, table = 't'): Promise<string> {
    const [{ tables }] = (await this.states(sql)) as [DatabaseFingerprint];
    const found = tables.find(({ name }) => name === table);
    if (!found) throw new Error(`no table ${table}`);
    return found.content;
  }

  /** What fingerprints say has happened between two states of one database. */
  async changes(before: string, change: string, restore: Restore = 'physical'): Promise<Comparison> {
    const [recorded, found] = (await this.states(before, change)) as [DatabaseFingerprint, DatabaseFingerprint];
    return compareFingerprints(recorded, found, { restore });
  }

  /**
   * A fingerprint after each of these, all in one transaction that is rolled back: a transaction sees its own changes, and and that is ten
   * times faster than a new database. Statements on databases (ALTER DATABASE …) are seen as well.
   */
  async states(...steps: readonly string[]): Promise<readonly DatabaseFingerprint[]> {
    return this.connected('postgres', async (client) => {
      await client.query('begin isolation level repeatable read');
      const fingerprints: DatabaseFingerprint[] = [];
      for (const step of steps) {
        await client.query('set local search_path = public');
        if (step) await client.query(step);
        fingerprints.push(await fingerprintDatabase(client));
      }
      await client.query('rollback');
      return fingerprints;
    });
  }

  /** Runs a file of SQL with psql, which knows `\if` and `\gset`. */
  async psql(database: string, file: string): Promise<void> {
    await this.program('psql', ['-q', '-X', '-o', '/dev/null', '-d', database, '-f', file]);
  }

  /** Into a new database of the target server, through pg_dump and pg_restore. */
  async restored(database: string, target: TestServer = this): Promise<string> {
    const file = join(tmpdir(), `fukugen-test-${randomUUID()}.dump`);
    try {
      await this.program('pg_dump', ['-Fc', '-Z1', '-f', file, database]);
      const name = await target.database();
      await target.program('pg_restore', ['--exit-on-error', '-d', name, file]);
      return name;
    } finally {
      await rm(file, { force: true });
    }
  }

  private async program(name: string, args: readonly string[]): Promise<void> {
    // Not the server's own: the servers from npm come without clients.
    const { bin } = await clientFor(0);
    const { host, port, user } = this.server;
    await execa(join(bin, name), args, {
      env: { PGHOST: host, PGPORT: String(port), PGUSER: user, PGOPTIONS: '-c client_min_messages=error' },
    });
  }
}

/** Starts a server for the tests of this file. */
export function useServer(programs: () => Promise<PostgresPrograms> = newestServer): () => TestServer {
  let server: ScratchServer | undefined;
  let test: TestServer | undefined;
  beforeAll(async () => {
    server = await startScratchServer({ programs: await programs() });
    test = new TestServer(server);
  });
  afterAll(async () => server?.stop());
  return () => {
    if (!test) throw new Error('the server is started before the first test');
    return test;
  };
}

/** SQL that has a small table read by several workers for the rest of the transaction. */
export function parallel(table: string): string {
  return `alter table ${table} set (parallel_workers = 2); analyze ${table};
    set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0;`;
}

/** Findings as `severity: text`, which is what a reader sees. */
export function lines({ findings }: Comparison): readonly string[] {
  return findings.map(({ severity, text }) => `${severity}: ${text}`);
}
