import { escapeXml, fromForm, fromJson, fromText, type Json, type Shape, shapeOf, toJson, toXml } from './shapes.ts';

/** A request as it came over HTTP. */
export interface HttpRequest {
  readonly method: string;
  /** Decoded; of S3 with the bucket in front. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What a simulated service answers instead of an output. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;

  /** @param code - as AWS writes it on the wire, such as `DBInstanceNotFound` */
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

type Protocol = 'query' | 'json' | 'rest-json' | 'rest-xml';

/** An operation that a request asks for. */
export interface Asked {
  readonly operation: string;
  readonly input: Json;
  respond(output: Json): HttpResponse;
}

/**
 * One service as the SDK's client package describes it: requests are read, and answers written, by the very schemas that the
 * clients use for the other direction.
 */
export class ServiceProtocol {
  private readonly protocol: Protocol;
  private readonly operations: ReadonlyMap<string, readonly [http: unknown, input: Shape, output: Shape]>;

  /** @param client - the module of a client package */
  constructor(protocol: Protocol, client: object) {
    this.protocol = protocol;
    const schemas = Object.values(client).filter((one) => Array.isArray(one) && one[0] === 9);
    const entries = schemas.map(
      ([, , name, traits, input, output]) =>
        [name as string, [(traits as Json).http, shapeOf(input), shapeOf(output)]] as const,
    );
    // `GET /{Bucket}?list-type=2` before `GET /{Bucket}`, which it would fit as well.
    this.operations = new Map(entries.sort(([, [a]], [, [b]]) => queryKeys(b) - queryKeys(a)));
  }

  /** @throws ServiceError `UnknownOperationException` */
  read(request: HttpRequest): Asked {
    if (this.protocol === 'query') {
      const form = new URLSearchParams(request.body.toString());
      return this.asked(form.get('Action') ?? '', (input) => fromForm(input, form) as Json, request);
    }
    if (this.protocol === 'json') {
      const operation = `${request.headers['x-amz-target']}`.split('.').at(-1) ?? '';
      return this.asked(operation, (input) => fromJson(input, parsed(request.body)) as Json, request);
    }
    for (const [operation, [http]] of this.operations) {
      const labels = matches(http as readonly [string, string, number], request, this.protocol);
      if (labels) return this.asked(operation, (input) => this.fromRest(input, request, labels), request);
    }
    throw new ServiceError('UnknownOperationException', `${request.method} ${request.path}`, 404);
  }

  /** An error as this service writes it. */
  refuse({ code, message, status }: ServiceError): HttpResponse {
    if (this.protocol === 'query' || this.protocol === 'rest-xml') {
      const error = `<Code>${code}</Code><Message>${escapeXml(message)}</Message>`;
      const body =
        this.protocol === 'query'
          ? `<ErrorResponse><Error>${error}</Error></ErrorResponse>`
          : `<Error>${error}</Error>`;
      return { status, headers: { 'content-type': 'text/xml' }, body };
    }
    const body = JSON.stringify({ __type: code, code, message, Message: message });
    return { status, headers: { 'content-type': 'application/json', 'x-amzn-errortype': code }, body };
  }

  private asked(operation: string, read: (input: Shape) => Json, request: HttpRequest): Asked {
    const found = this.operations.get(operation);
    if (!found) throw new ServiceError('UnknownOperationException', `${operation} is no operation`, 404);
    const [, input, output] = found;
    return { operation, input: read(input), respond: (answer) => this.respond(operation, output, answer, request) };
  }

  private respond(operation: string, output: Shape, answer: Json, request: HttpRequest): HttpResponse {
    if (this.protocol === 'query') {
      const body = `<${operation}Response>${toXml(output, `${operation}Result`, answer)}</${operation}Response>`;
      return { status: 200, headers: { 'content-type': 'text/xml' }, body };
    }
    if (this.protocol === 'json') {
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(toJson(output, answer)),
      };
    }
    const headers: Record<string, string> = {};
    let body: string | Uint8Array | undefined;
    const rest: Record<string, unknown> = {};
    for (const [name, member] of output.structIterator()) {
      const [value, traits] = [answer[name], member.getMergedTraits()];
      if (value === undefined) continue;
      if (traits.httpHeader)
        headers[`${traits.httpHeader}`.toLowerCase()] = value instanceof Date ? value.toUTCString() : `${value}`;
      else if (traits.httpPayload) body = value as Uint8Array;
      else if (!traits.httpResponseCode) rest[name] = value;
    }
    if (body === undefined && request.method !== 'HEAD') {
      const isXml = this.protocol === 'rest-xml';
      body = isXml
        ? toXml(output, `${output.getMergedTraits().xmlName ?? `${operation}Result`}`, rest)
        : JSON.stringify(toJson(output, rest));
      headers['content-type'] = isXml ? 'application/xml' : 'application/json';
    }
    return { status: Number(answer.StatusCode ?? 200), headers, body: body ?? '' };
  }

  private fromRest(input: Shape, request: HttpRequest, labels: Readonly<Record<string, string>>): Json {
    const value: Record<string, unknown> = {};
    const json = this.protocol === 'rest-json' && !hasPayload(input) ? parsed(request.body) : {};
    for (const [name, member] of input.structIterator()) {
      const traits = member.getMergedTraits();
      const header = request.headers[`${traits.httpHeader}`.toLowerCase()];
      const text = traits.httpQuery
        ? request.query.get(`${traits.httpQuery}`)
        : traits.httpHeader
          ? header
          : labels[name];
      if (traits.httpPayload) value[name] = request.body;
      else if (text !== undefined && text !== null) value[name] = fromText(member, text);
      else if (json[name] !== undefined) value[name] = fromJson(member, json[name]);
    }
    return value;
  }
}

/** How much of the query an operation insists on. */
function queryKeys(http: unknown): number {
  const [, template = ''] = (http ?? []) as readonly string[];
  return [...new URLSearchParams(template.split('?')[1] ?? '')].length;
}

function hasPayload(input: Shape): boolean {
  return [...input.structIterator()].some(([, member]) => member.getMergedTraits().httpPayload);
}

function parsed(body: Buffer): Json {
  return body.length > 0 ? JSON.parse(body.toString()) : {};
}

/** The labels of a template such as `/backup-vaults/{BackupVaultName}/recovery-points`, if it fits. S3's name no bucket. */
function matches(
  http: readonly [string, string, number],
  request: HttpRequest,
  protocol: Protocol,
): Record<string, string> | undefined {
  const [method, template] = http;
  if (method !== request.method) return undefined;
  const [path = '', query = ''] = template.split('?');
  for (const [key, value] of new URLSearchParams(query)) {
    if (key === 'x-id' ? request.query.get(key) !== value : !request.query.has(key)) return undefined;
    if (key !== 'x-id' && value && request.query.get(key) !== value) return undefined;
  }
  const full = protocol === 'rest-xml' ? `/{Bucket}${path === '/' ? '' : path}` : path;
  const names: string[] = [];
  const pattern = full.replace(/\{(\w+)(\+?)\}/g, (_, name: string, greedy: string) => {
    names.push(name);
    return greedy ? '(.+)' : '([^/]+)';
  });
  const found = new RegExp(`^${pattern}/?$`).exec(request.path);
  return found ? Object.fromEntries(names.map((name, index) => [name, found[index + 1] as string])) : undefined;
}
