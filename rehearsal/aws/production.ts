import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import pg from 'pg';
import { type ScratchServer, startScratchServer } from '../../local/postgres/scratch-server.ts';
import type { Certificate } from './certificate.ts';

/** A physical copy of a whole server, as RDS's snapshots are. */
export interface PhysicalSnapshot {
  readonly folder: string;
  /** Later than the last transaction in it. */
  readonly databaseTime: Date;
}

/**
 * A database in production: a real server that keeps its log, so that copies of it can be taken while it works and any moment
 * since the first can be restored.
 */
export class ProductionDatabase implements AsyncDisposable {
  readonly server: ScratchServer;
  readonly snapshots: PhysicalSnapshot[] = [];
  /** Up to when a moment can be restored. @default - nothing was archived yet */
  archivedTo: Date | undefined;
  private readonly folder: string;
  private readonly password: string;
  private readonly adminPassword = randomBytes(12).toString('hex');
  private readonly certificate: Certificate;

  private constructor(server: ScratchServer, folder: string, password: string, certificate: Certificate) {
    this.server = server;
    this.folder = folder;
    this.password = password;
    this.certificate = certificate;
  }

  static async start(certificate: Certificate): Promise<ProductionDatabase> {
    const folder = await mkdtemp(join(tmpdir(), 'fukugen-production-'));
    await chmod(folder, 0o711);
    // The server runs as another account than root, and writes its log here.
    await mkdir(join(folder, 'log'));
    await chmod(join(folder, 'log'), 0o777);
    const password = randomBytes(12).toString('hex');
    const server = await startScratchServer({
      listen: 'loopback',
      password,
      initArguments: ['--data-checksums'],
      files: tlsFiles(certificate),
      settings: {
        ...tlsSettings,
        wal_level: 'replica',
        max_wal_senders: '4',
        full_page_writes: 'on',
        archive_mode: 'on',
        archive_command: `cp %p ${join(folder, 'log')}/%f`,
      },
    });
    const production = new ProductionDatabase(server, folder, password, certificate);
    // As RDS has one in every database, for itself: it can set the password of the master user.
    await production.query(`create role rdsadmin superuser login password '${production.adminPassword}'`);
    return production;
  }

  /** As RDS names it: without what its packager adds. */
  get version(): string {
    return this.server.programs.version.split(' ', 1)[0] as string;
  }

  /** One statement of RDS's own, in a restored server. */
  async administer(server: ScratchServer, text: string): Promise<void> {
    await query(server, 'postgres', text, [], { user: 'rdsadmin', password: this.adminPassword });
  }

  /** A copy of what is there now. */
  async snapshot(): Promise<PhysicalSnapshot> {
    const { host, port, user, programs } = this.server;
    const folder = join(this.folder, `snapshot-${this.snapshots.length}`);
    await execa(
      join(programs.bin, 'pg_basebackup'),
      ['-h', host, '-p', `${port}`, '-U', user, '-D', folder, '-X', 'fetch', '-c', 'fast', '--no-sync'],
      { env: { PGPASSWORD: this.password, PGSSLMODE: 'require' } },
    );
    const snapshot = { folder, databaseTime: new Date() };
    this.snapshots.push(snapshot);
    return snapshot;
  }

  /** Puts the log so far where a restore finds it, and says up to when that reaches. */
  async archiveLog(): Promise<Date> {
    // A transaction that changes nothing: a recovery stops at the first one after its target, and fails when there is none. So
    // this one has to end after the moment up to which anything can be restored.
    const [{ now }] = (await this.query('select now(), txid_current()')) as [{ now: Date }];
    const [{ file }] = (await this.query('select pg_walfile_name(pg_switch_wal()) as file')) as [{ file: string }];
    for (;;) {
      const [{ archived }] = (await this.query('select last_archived_wal >= $1 as archived from pg_stat_archiver', [
        file,
      ])) as [{ archived: boolean | null }];
      if (archived) {
        this.archivedTo = now;
        return now;
      }
      await sleep(20);
    }
  }

  /** A server of its own, over TLS only, with the data of a snapshot. */
  async restore(snapshot: PhysicalSnapshot): Promise<ScratchServer> {
    return this.start(snapshot, {}, {});
  }

  /** The same with the data of a moment, between the first snapshot and the last `archiveLog`. */
  async restoreTo(time: Date): Promise<ScratchServer> {
    const from = this.snapshots.filter(({ databaseTime }) => databaseTime <= time).at(-1);
    if (!from) throw new Error(`no snapshot is as old as ${time.toISOString()}`);
    const server = await this.start(
      from,
      { 'recovery.signal': '' },
      {
        restore_command: `cp ${join(this.folder, 'log')}/%f %p`,
        // The server knows no `Z` here.
        recovery_target_time: time.toISOString().replace('T', ' ').replace('Z', '+00'),
        recovery_target_action: 'promote',
      },
    );
    // It answers, for reading, while it is still on its way.
    while (await isRecovering(server)) await sleep(20);
    return server;
  }

  async query(text: string, values: unknown[] = [], database = 'postgres'): Promise<unknown[]> {
    return query(this.server, database, text, values);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async start(
    { folder }: PhysicalSnapshot,
    files: Readonly<Record<string, string>>,
    settings: Readonly<Record<string, string>>,
  ): Promise<ScratchServer> {
    return startScratchServer({
      programs: this.server.programs,
      listen: 'loopback',
      password: this.password,
      copyOf: folder,
      files: { ...tlsFiles(this.certificate), ...files },
      settings: { ...tlsSettings, wal_level: 'replica', max_wal_senders: '4', archive_mode: 'off', ...settings },
    });
  }
}

/** One statement over a connection of its own. */
export async function query(
  server: ScratchServer,
  database: string,
  text: string,
  values: unknown[] = [],
  as: { readonly user?: string; readonly password?: string } = {},
): Promise<unknown[]> {
  const client = new pg.Client({ ...server.connection(database), ...as });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function isRecovering(server: ScratchServer): Promise<boolean> {
  const [answer] = (await query(server, 'postgres', 'select pg_is_in_recovery() as recovering')) as [
    { readonly recovering: boolean },
  ];
  return answer.recovering;
}

const tlsSettings = { ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' };

function tlsFiles({ key, certificate }: Certificate): Record<string, string> {
  return { 'server.crt': certificate, 'server.key': key };
}
