import { hostname } from 'node:os';

/** This machine's name, as it stands in the names of files. */
export function thisHost(): string {
  return hostname().replace(/[^A-Za-z0-9.-]/g, '-');
}
