import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScratchServer } from '../local/postgres/scratch-server.ts';
import { CommandLine } from './command-line.ts';
import type { ObjectStore } from './object-store.ts';

/** The database that the story is about. */
export const database = 'hoshizora';

/** What there is before the first backup. */
interface Scene {
  readonly home: string;
  readonly work: string;
  readonly server: ScratchServer;
  readonly objects: ObjectStore;
  readonly password: string;
  readonly signal: AbortSignal;
}

/** Writes the policy of the rehearsal and gives a command line that uses it; its secrets are made for this run alone. */
export async function prepareCommandLine({
  home,
  work,
  server,
  objects,
  password,
  signal,
}: Scene): Promise<CommandLine> {
  const policy = join(home, 'backup.config.yaml');
  await writeFile(
    policy,
    JSON.stringify({
      name: 'rehearsal',
      local: {
        sources: {
          shop: { kind: 'postgres', url: 'env:REHEARSAL_DATABASE_URL' },
          work: { kind: 'directory', path: work },
        },
        stores: {
          disk: { kind: 'generations', path: join(home, 'disk') },
          offsite: {
            kind: 'restic',
            repository: `s3:${objects.url}/${objects.bucket}/laptop`,
            password: 'env:REHEARSAL_RESTIC_PASSWORD',
            environment: {
              AWS_ACCESS_KEY_ID: 'env:REHEARSAL_KEY_ID',
              AWS_SECRET_ACCESS_KEY: 'env:REHEARSAL_KEY_SECRET',
            },
            caCertificate: objects.certificateFile,
          },
        },
      },
    }),
  );
  const environment = {
    REHEARSAL_DATABASE_URL: `postgres://${server.user}:${password}@${server.host}:${server.port}/${database}`,
    REHEARSAL_RESTIC_PASSWORD: randomBytes(16).toString('hex'),
    REHEARSAL_KEY_ID: objects.accessKeyId,
    REHEARSAL_KEY_SECRET: objects.secretAccessKey,
    RESTIC_CACHE_DIR: join(home, 'restic-cache'),
    XDG_STATE_HOME: join(home, 'state'),
  };
  return new CommandLine(policy, environment, signal);
}
