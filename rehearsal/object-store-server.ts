import { rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { ObjectStoreSettings } from './object-store.ts';
import { isSigned } from './object-store-signature.ts';

/**
 * The process behind `startObjectStore`: s3rver, with the signatures of its requests verified. It reads its settings from the
 * first line of standard input, prints the port, and ends, removing everything, when standard input closes: even `kill -9`
 * of the process that asked for it does that.
 */

/** As much of s3rver (which has no types) as is used here. https://github.com/jamhall/s3rver */
interface S3rver {
  configureBuckets(): Promise<unknown>;
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
}
const require = createRequire(import.meta.url);
const S3rver = require('s3rver') as new (options: Record<string, unknown>) => S3rver;

let home: string | undefined;
const end = () => {
  if (home !== undefined) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
createInterface(process.stdin)
  .once('close', end)
  .once('line', (line) => {
    const settings = JSON.parse(line) as ObjectStoreSettings;
    home = settings.home;
    void listen(settings);
  });

async function listen(settings: ObjectStoreSettings): Promise<void> {
  const s3rver = new S3rver({
    directory: settings.objects,
    configureBuckets: [{ name: settings.bucket }],
    vhostBuckets: false,
    silent: true,
  });
  await s3rver.configureBuckets();
  const answer = s3rver.callback();
  const server = createServer({ key: settings.privateKey, cert: settings.certificate }, (request, response) => {
    const { 'x-amz-content-sha256': content = '' } = request.headers;
    if (!isSigned(request, settings)) return refuse(response, 403, 'SignatureDoesNotMatch');
    // s3rver would store the framing of the chunks as if it were content.
    if (content.toString().startsWith('STREAMING-')) return refuse(response, 501, 'NotImplemented');
    // s3rver knows one fixed pair of keys and computes no signature of version 4; without the header it lets everything in.
    delete request.headers.authorization;
    answer(request, response);
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
