import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
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

const kms = new KMSClient({ maxAttempts: 8 });

const host: Host = {
  rds: rdsThrough(clientFor),
  isAwsKey,
  now: () => new Date(),
  isTransient,
  log: (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`),
};

async function isAwsKey(KeyId: string): Promise<boolean> {
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyManager === 'AWS';
  } catch (cause) {
    const sentence = `KMS does not say whose key ${KeyId} is; let this account call kms:DescribeKey in the key's policy (${cause})`;
    throw new Error(sentence, { cause });
  }
}

export const onEvent = (event: Parameters<typeof begin>[0]) => begin(event, host);
export const isComplete = (event: Parameters<typeof proceed>[0]) => proceed(event, host);
