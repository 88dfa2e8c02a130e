import { RDSClient } from '@aws-sdk/client-rds';
import { begin, type Host, proceed } from './adopt.ts';
import { isTransient, rdsThrough } from './rds-client.ts';

const clients = new Map<string | undefined, RDSClient>();

function clientFor(region?: string): RDSClient {
  let client = clients.get(region);
  if (!client) {
    client = new RDSClient({ maxAttempts: 8, ...(region && { region }) });
    clients.set(region, client);
  }
  return client;
}

const host: Host = {
  rds: rdsThrough(clientFor),
  now: () => new Date(),
  isTransient,
  log: (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`),
};

export const onEvent = (event: Parameters<typeof begin>[0]) => begin(event, host);
export const isComplete = (event: Parameters<typeof proceed>[0]) => proceed(event, host);
