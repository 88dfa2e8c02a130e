import type { CheckFinding } from './check.ts';
import type { Check } from './look.ts';
import { ask } from './subject.ts';

interface Server {
  readonly version: string;
  readonly tls: string | null;
  readonly cipher: string | null;
  readonly recovering: boolean;
}

/**
 * The server answers over TLS, takes writes (a restore that is still replaying is not done), and is of the major version of what was
 * restored: RDS upgrades what it no longer supports.
 */
export const connect: Check = {
  check: 'connect',
  async look(subject) {
    const [server] = await ask<Server>(
      subject,
      `select current_setting('server_version') as version, pg_is_in_recovery() as recovering, s.version as tls, s.cipher
         from (select) as here left join pg_stat_ssl s on s.pid = pg_backend_pid() and s.ssl`,
    );
    const findings: CheckFinding[] = [];
    if (!server?.tls) findings.push({ object: 'connection', text: 'is not encrypted' });
    if (server?.recovering) findings.push({ object: 'server', text: 'is still in recovery' });
    const { engineVersion } = subject.settings;
    if (server && engineVersion && majorOf(server.version) !== majorOf(engineVersion)) {
      findings.push({
        object: 'server',
        text: `is PostgreSQL ${server.version}, and what was restored is of ${engineVersion}`,
      });
    }
    const how = server?.tls ? `over ${server.tls}, ${server.cipher}` : 'without TLS';
    return { findings, covered: 1, of: 1, notCovered: [], text: `PostgreSQL ${server?.version} answers ${how}` };
  },
};

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
