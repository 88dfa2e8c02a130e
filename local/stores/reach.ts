import { connect } from 'node:net';
import { FukugenError } from '../../core/errors.ts';

const answerSeconds = 15;

/**
 * Whether anything listens where a repository is said to be. restic tries again by itself, which is right in the middle of an
 * upload; before one, a sentence with the server's name in it serves better than restic's last words.
 *
 * @param repository - as restic writes it; anything that does not go over HTTP is restic's own affair
 * @throws FukugenError `store` when nothing answers
 */
export async function requireServer(repository: string, signal: AbortSignal): Promise<void> {
  const address = /^(?:s3|rest):(.+)$/.exec(repository)?.[1];
  // Through a proxy only the proxy can tell.
  if (address === undefined || process.env.HTTPS_PROXY || process.env.https_proxy) return;
  // restic takes `s3:host/bucket` too, and means HTTPS.
  const url = URL.parse(/^https?:\/\//.test(address) ? address : `https://${address}`);
  if (!url) throw new FukugenError('store', `the repository ${repository} has no address of a server in it`);
  const { hostname, port, protocol } = url;
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: number,
    timeout: answerSeconds * 1_000,
    signal,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => reject(new Error(`no answer within ${answerSeconds} seconds`)));
    });
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new FukugenError('store', `no server answers at ${hostname}:${number}: ${(cause as Error).message}`, {
      cause,
      next: 'check the network and the address of the repository; the other stores are not affected',
    });
  } finally {
    socket.destroy();
  }
}
