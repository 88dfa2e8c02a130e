import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HttpRequest, type HttpResponse, ServiceError, type ServiceProtocol } from './protocol.ts';
import type { Json } from './shapes.ts';

/** Who asks whom for what. */
export interface AwsCall {
  /** The access key that signed it: every function has one of its own. */
  readonly caller: string;
  /** As requests are signed: `rds`, `backup`, `s3`. */
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly input: Json;
}

/** A service that answers in place of AWS. */
export interface SimulatedService {
  readonly protocol: ServiceProtocol;
  /** @throws ServiceError what AWS would answer */
  call(call: AwsCall): Promise<Json>;
}

/**
 * Looks at every call before it is answered, and may throw a ServiceError instead of AWS, or `hangUp` for a network that is dead.
 */
export type Watcher = (call: AwsCall) => void | Promise<void>;

/** Thrown by a watcher: the connection is cut without an answer. */
export class HangUp extends Error {}

export interface Endpoint extends AsyncDisposable {
  /** For AWS_ENDPOINT_URL. */
  readonly url: string;
}

/** One address for all of AWS: the signature of a request says which service and which Region it is meant for. */
export async function startEndpoint(
  services: Readonly<Record<string, SimulatedService>>,
  watch: Watcher,
): Promise<Endpoint> {
  const server = createServer((request, response) => {
    void answer(services, watch, request).then(
      (answered) => send(response, answered),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const scope = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\//;

async function answer(
  services: Readonly<Record<string, SimulatedService>>,
  watch: Watcher,
  incoming: IncomingMessage,
): Promise<HttpResponse> {
  const request = await read(incoming);
  const [, caller = '', region = '', service = ''] = scope.exec(request.headers.authorization ?? '') ?? [];
  const simulated = services[service];
  if (!simulated) return { status: 403, headers: {}, body: `nothing here answers for "${service}"` };
  try {
    const asked = simulated.protocol.read(request);
    const call = { caller, service, region, operation: asked.operation, input: asked.input };
    await watch(call);
    return asked.respond(await simulated.call(call));
  } catch (error) {
    if (error instanceof ServiceError) return simulated.protocol.refuse(error);
    if (error instanceof HangUp) throw error;
    return simulated.protocol.refuse(new ServiceError('InternalFailure', (error as Error).stack ?? `${error}`, 500));
  }
}

async function read(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  return {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: incoming.headers as HttpRequest['headers'],
    body: Buffer.concat(chunks),
  };
}

function send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  response.writeHead(status, { 'x-amzn-requestid': '00000000-0000-4000-8000-000000000000', ...headers }).end(body);
}
