import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as lambda from '@aws-sdk/client-lambda';
import { Operations } from './operations.ts';
import { ServiceError, ServiceProtocol } from './protocol.ts';

/** A function as it is deployed. */
export interface DeployedFunction {
  readonly name: string;
  readonly region: string;
  /** Of the bundle, absolute. */
  readonly file: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/** What Lambda tells of an error. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type FunctionAnswer = { readonly answer: unknown } | { readonly error: FunctionFailure };

/** The functions of the app, as bundles in processes of their own, with nothing in common but the address of AWS. */
export class Functions implements AsyncDisposable {
  /** Everything that any of them printed. */
  log = '';
  /** Milliseconds by which the functions' clock is ahead of the real one: hours pass without being waited for. */
  clockAhead = 0;
  readonly service: Operations;
  private readonly deployed = new Map<string, DeployedFunction>();
  private readonly running = new Map<string, RunningFunction>();

  constructor() {
    this.service = new Operations(new ServiceProtocol('rest-json', lambda)).on(
      lambda.InvokeCommand,
      async ({ FunctionName = '', Payload }, { region }) => {
        const name = FunctionName.split(':').at(-1) as string;
        if (!this.deployed.has(key(region, name))) {
          throw new ServiceError('ResourceNotFoundException', `Function not found: ${FunctionName}`, 404);
        }
        const event = JSON.parse(Buffer.from(Payload as Uint8Array).toString());
        const result = await this.invoke(region, name, event);
        return 'error' in result
          ? { StatusCode: 200, FunctionError: 'Unhandled', Payload: bytes(result.error) as never }
          : { StatusCode: 200, Payload: bytes(result.answer) as never };
      },
    );
  }

  deploy(one: DeployedFunction): void {
    this.deployed.set(key(one.region, one.name), one);
  }

  /** Gives a function another time-out than the template does. */
  limit(region: string, name: string, timeoutSeconds: number): void {
    const found = this.deployed.get(key(region, name));
    if (!found) throw new Error(`${name} is not deployed in ${region}`);
    this.deploy({ ...found, timeoutSeconds });
    this.kill(region, name);
  }

  /** Ends the process of a function, whatever it is at; the next invocation has a new one. */
  kill(region: string, name: string): void {
    this.running.get(key(region, name))?.kill();
  }

  /** Synchronously, with an answer or an error as Lambda gives them. */
  async invoke(region: string, name: string, event: unknown): Promise<FunctionAnswer> {
    const found = this.deployed.get(key(region, name));
    if (!found) throw new Error(`${name} is not deployed in ${region}`);
    let running = this.running.get(key(region, name));
    if (!running?.isAlive) {
      running = new RunningFunction(found, (text) => {
        this.log += text;
      });
      this.running.set(key(region, name), running);
    }
    return running.invoke(event, this.clockAhead);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.running.values()) one.kill();
  }
}

class RunningFunction {
  isAlive = true;
  private readonly deployed: DeployedFunction;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (answer: FunctionAnswer) => void>();
  private invocations = 0;

  constructor(deployed: DeployedFunction, print: (text: string) => void) {
    this.deployed = deployed;
    const { file, handler, environment } = deployed;
    this.child = fork(fileURLToPath(new URL('function-process.ts', import.meta.url)), [file, handler], {
      env: { PATH: process.env.PATH ?? '', TZ: 'UTC', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => print(chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => print(chunk.toString()));
    this.child.on('message', ({ id, ...answer }: { readonly id: number } & FunctionAnswer) => this.settle(id, answer));
    this.child.once('exit', (_, signal) => {
      this.isAlive = false;
      const error = {
        errorType: 'Runtime.ExitError',
        errorMessage: `RequestId: 0 Error: Runtime exited with error: signal: ${signal}`,
      };
      for (const id of [...this.waiting.keys()]) this.settle(id, { error });
    });
  }

  async invoke(event: unknown, ahead: number): Promise<FunctionAnswer> {
    const id = this.invocations++;
    const answer = new Promise<FunctionAnswer>((resolve) => this.waiting.set(id, resolve));
    const { timeoutSeconds } = this.deployed;
    const timer = setTimeout(() => {
      const errorMessage = `Task timed out after ${timeoutSeconds}.00 seconds`;
      this.settle(id, { error: { errorType: 'Sandbox.Timedout', errorMessage } });
      this.kill();
    }, timeoutSeconds * 1_000);
    this.child.send({ id, event, ahead, deadline: Date.now() + ahead + timeoutSeconds * 1_000 });
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  kill(): void {
    this.isAlive = false;
    this.child.kill('SIGKILL');
  }

  private settle(id: number, answer: FunctionAnswer): void {
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
  }
}

function key(region: string, name: string): string {
  return `${region}/${name}`;
}

function bytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
