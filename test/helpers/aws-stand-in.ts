import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call as it arrived: which, and what was in it. */
export interface Call {
  /** Method and path, or the operation that a header or the body names. */
  readonly operation: string;
  readonly body: string;
  /** Of whom, where and what for: `AKIDEXAMPLE ap-northeast-1 backup`. */
  readonly signedBy: string;
}

export interface StandIn {
  readonly calls: readonly Call[];
  close(): void;
}

/**
 * Something that answers in place of AWS whoever follows the environment of this test: for the wiring of a handler, down to the bytes.
 *
 * @param answers - by operation: JSON, or XML where it begins with `<`; anything else is answered with `{}`
 * @param environment - what the function is deployed with besides. @default - AKIDEXAMPLE in Tokyo
 */
export async function standInForAws(
  answers: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<StandIn> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const operation = operationOf(request, body);
      calls.push({ operation, body, signedBy: signerOf(request) });
      const answer = answers[operation] ?? '{}';
      response.setHeader('content-type', answer.startsWith('<') ? 'text/xml' : 'application/json').end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'ap-northeast-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    ...environment,
  });
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { calls, close };
}

function operationOf({ method, url = '', headers }: IncomingMessage, body: string): string {
  const target = `${headers['x-amz-target'] ?? ''}`.split('.').at(-1);
  return target || (/(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? `${method} ${url.split('?')[0]}`);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html */
function signerOf({ headers }: IncomingMessage): string {
  const [, key, , region, service] =
    /Credential=([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\//.exec(`${headers.authorization}`) ?? [];
  return `${key} ${region} ${service}`;
}
