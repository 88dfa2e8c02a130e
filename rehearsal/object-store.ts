import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FukugenError } from '../core/errors.ts';
import { localhostCertificate } from './aws/certificate.ts';

/** An S3 server of our own on the loopback interface: one bucket, one pair of keys, gone afterwards with all its objects. */
export interface ObjectStore extends AsyncDisposable {
  /** `https://127.0.0.1:port`; requests name the bucket in the path. */
  readonly url: string;
  readonly bucket: string;
  /** Random per start. Requests that are unsigned, or signed with anything else, get 403. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The server's certificate as PEM, which signs itself: `restic --cacert`, `rclone --ca-cert`, `NODE_EXTRA_CA_CERTS`. */
  readonly certificateFile: string;
  /** Where the bucket's objects lie: key `a/b` is the file `a/b._S3rver_object`. For tests that damage or remove one. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** What the server process is told, as one line of JSON on its standard input: neither arguments nor environment show the keys. */
export interface ObjectStoreSettings {
  /** Removed with everything in it when the server ends. */
  readonly home: string;
  readonly objects: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly privateKey: string;
  readonly certificate: string;
}

/**
 * Starts s3rver in a process of its own, so that uploads do not hold up the event loop of a rehearsal.
 *
 * HTTPS, because over plain HTTP restic's S3 client sends signed chunks, whose framing s3rver stores as content:
 * `restic init` then succeeds and everything after it fails. Over TLS the client sends the content as it is.
 *
 * @throws FukugenError `store` when it does not start
 */
export async function startObjectStore(): Promise<ObjectStore> {
  const home = await mkdtemp(join(tmpdir(), 'fukugen-s3-'));
  try {
    const bucket = 'fukugen-rehearsal';
    const { key, certificate } = await localhostCertificate();
    const settings: ObjectStoreSettings = {
      home,
      objects: join(home, 'objects'),
      bucket,
      accessKeyId: `FKGN${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64url'),
      privateKey: key,
      certificate,
    };
    const certificateFile = join(home, 'certificate.pem');
    await writeFile(certificateFile, certificate);
    await mkdir(settings.objects);
    const server = spawn(
      process.execPath,
      [
        // s3rver makes the token for the next page of a listing with DES, which OpenSSL 3 has moved aside:
        // without this, listing more than 1,000 objects is an error 500.
        '--openssl-legacy-provider',
        fileURLToPath(new URL('object-store-server.ts', import.meta.url)),
      ],
      // A group of its own, so that a Ctrl-C meant for us does not take the store away before we have finished with it.
      { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env: { PATH: process.env.PATH ?? '' } },
    );
    // A server that dies early closes its input; the reason is told by its exit, not by the broken pipe.
    server.stdin.on('error', () => {});
    server.stdin.write(`${JSON.stringify(settings)}\n`);
    const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    const port = await firstLine(server);
    const stop = async () => {
      server.stdin.end();
      await exited;
    };
    return {
      url: `https://127.0.0.1:${port}`,
      bucket,
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
      certificateFile,
      folder: join(settings.objects, bucket),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (cause) {
    await rm(home, { recursive: true, force: true });
    throw new FukugenError('store', `the S3 server of the rehearsal did not start: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** The port, which the server prints once it listens. */
async function firstLine(server: ChildProcess): Promise<string> {
  const { stdout, stderr } = server;
  if (!stdout || !stderr) throw new Error('no output to read');
  let errors = '';
  stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-10_000);
  });
  return new Promise((resolve, reject) => {
    createInterface(stdout).once('line', resolve);
    server.once('error', reject);
    server.once('close', (code) => reject(new Error(errors || `it ended with status ${code}`)));
  });
}
