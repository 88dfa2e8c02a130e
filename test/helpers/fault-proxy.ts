import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as requestOf, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { localhostCertificate } from '../../rehearsal/aws/certificate.ts';

/** What happens to a request instead of the ordinary. */
export type Fault =
  /** The server answers with an error, as S3 words one. */
  | {
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection breaks in the middle of what the client sends, of which the server then has nothing; or of what comes back. */
  | { readonly cut: 'request' | 'answer' }
  /** Both directions take their time. */
  | { readonly bytesPerSecond: number }
  /** The connection stays, and nothing ever comes. */
  | { readonly silent: true };

interface Where {
  /** Of method and address, such as `PUT /bucket/data/0a/…`. @default - every request */
  readonly matching?: RegExp;
  /** Requests that match and are let through first. @default 0 */
  readonly after?: number;
  /** @default - for ever */
  readonly times?: number;
}

interface Request {
  /** Method and address. */
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
}

interface Injected extends Required<Where> {
  readonly fault: Fault;
  hits: number;
  seen: number;
}

/** An S3 server's bad days: passes requests on over HTTPS, and does to some what a network or a service does. */
export class FaultProxy implements AsyncDisposable {
  /** `https://localhost:port`. */
  readonly url: string;
  readonly certificateFile: string;
  private readonly server: Server;
  private readonly folder: string;
  /** Everything that was asked so far. */
  readonly requests: Request[] = [];
  private injected: Injected[] = [];

  private constructor(server: Server, folder: string, certificateFile: string) {
    this.server = server;
    this.folder = folder;
    this.certificateFile = certificateFile;
    this.url = `https://localhost:${(server.address() as AddressInfo).port}`;
  }

  /** @param behind - the server's address; it sees the proxy's name as the host, which is part of what a client signs */
  static async open(behind: string): Promise<FaultProxy> {
    const { key, certificate } = await localhostCertificate();
    const folder = await mkdtemp(join(tmpdir(), 'fukugen-proxy-'));
    const certificateFile = join(folder, 'certificate.pem');
    await writeFile(certificateFile, certificate);
    const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
    const server = createServer({ key, cert: certificate });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const proxy = new FaultProxy(server, folder, certificateFile);
    server.on('request', (request, response) => proxy.answer(request, response, new URL(behind), agent));
    server.on('close', () => agent.destroy());
    return proxy;
  }

  /** From now on, beside any fault before; the first that fits a request happens to it. */
  inject(fault: Fault, { matching = /(?:)/, after = 0, times = Number.POSITIVE_INFINITY }: Where = {}): void {
    this.injected.push({ fault, matching, after, times, hits: 0, seen: 0 });
  }

  /**
   * Ends all faults; a connection that is silent stays so.
   *
   * @returns how many requests met each
   */
  mend(): number[] {
    const hits = this.injected.map((injected) => injected.hits);
    this.injected = [];
    return hits;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.folder, { recursive: true });
  }

  private answer(request: IncomingMessage, response: ServerResponse, behind: URL, agent: Agent): void {
    const line = `${request.method} ${request.url}`;
    this.requests.push({ line, headers: request.headers });
    const fault = this.faultFor(line);
    // A client that goes away is no news here.
    for (const stream of [request, response]) stream.on('error', () => {});
    if (!fault) pass(request, response, behind, agent);
    else if ('status' in fault) refuse(request, response, fault);
    else if ('silent' in fault) request.resume();
    else if ('bytesPerSecond' in fault) pass(request, response, behind, agent, fault);
    else if (fault.cut === 'answer') pass(request, response, behind, agent, fault);
    else for (const event of ['data', 'end']) request.once(event, () => request.socket.destroy());
  }

  private faultFor(line: string): Fault | undefined {
    let meant: Injected | undefined;
    for (const injected of this.injected) {
      if (!injected.matching.test(line)) continue;
      injected.seen += 1;
      if (injected.seen > injected.after && injected.hits < injected.times) meant ??= injected;
    }
    if (meant) meant.hits += 1;
    return meant?.fault;
  }
}

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { hostname, port }: URL,
  agent: Agent,
  { bytesPerSecond, cut }: { readonly bytesPerSecond?: number; readonly cut?: string } = {},
): void {
  const { method, url: path, headers } = request;
  const onward = requestOf({ hostname, port, method, path, headers, agent }, (answer) => {
    const { statusCode = 502, statusMessage, headers } = answer;
    answer.on('error', () => response.destroy());
    if (cut) {
      cutInTheMiddle(answer, response);
    } else {
      response.writeHead(statusCode, statusMessage, headers);
      paced(answer, bytesPerSecond).pipe(response);
    }
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  paced(request, bytesPerSecond).pipe(onward);
}

/** Head and half of the first piece; an answer without a body does not begin. */
function cutInTheMiddle(answer: IncomingMessage, response: ServerResponse): void {
  answer.once('end', () => response.socket?.destroy());
  answer.once('data', (piece: Buffer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.write(piece.subarray(0, piece.length >> 1), () => response.socket?.destroy());
  });
}

function paced(stream: Readable, bytesPerSecond: number | undefined): Readable {
  if (bytesPerSecond === undefined) return stream;
  const share = Math.max(1, Math.floor(bytesPerSecond / 10));
  const pace = new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      for (let place = 0; place < chunk.length; place += share) {
        await sleep(100);
        this.push(chunk.subarray(place, place + share));
      }
      done();
    },
  });
  return stream.pipe(pace);
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, message, headers }: Extract<Fault, { status: number }>,
): void {
  request.resume();
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': body.length, ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}
