import { markSecret } from '../system/secrets.ts';

export interface ResticSettings {
  /** As restic writes it. */
  readonly repository: string;
  /** Holds RESTIC_PASSWORD and what the backend reads, such as AWS_ACCESS_KEY_ID. */
  readonly environment: Readonly<Record<string, string>>;
  /** PEM file of a private certificate authority. */
  readonly caCertificate?: string | undefined;
  /** A second. @default - as many as there is room for */
  readonly uploadBytes?: number | undefined;
  /** Ends every restic under way. */
  readonly signal: AbortSignal;
}

/** What restic is started with, beside what every program inherits: arguments are public, this is not. */
export function resticEnvironment({ repository, environment }: ResticSettings): Record<string, string> {
  return { ...environment, RESTIC_REPOSITORY: addressWithKeys(repository, environment), RESTIC_PROGRESS_FPS: '1' };
}

/** restic 0.14 reads what opens a REST server from the address alone, which every later one does too. */
function addressWithKeys(repository: string, environment: ResticSettings['environment']): string {
  const { RESTIC_REST_USERNAME: user, RESTIC_REST_PASSWORD: password } = environment;
  const url = /^rest:/.test(repository) ? URL.parse(repository.slice('rest:'.length)) : undefined;
  if (!url || password === undefined) return repository;
  if (user !== undefined) url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  // As it stands in the address, and so perhaps in restic's words.
  markSecret(url.password);
  return `rest:${url.href}`;
}
