import type { AwsCall, SimulatedService } from './endpoint.ts';
import { ServiceError, type ServiceProtocol } from './protocol.ts';
import type { Json } from './shapes.ts';

/** Whatever a client package calls a command: its constructor takes the input, its middleware gives the output. */
type CommandClass<Input, Output> = new (
  input: never,
) => {
  readonly input: Input;
  resolveMiddleware(
    stack: never,
    configuration: never,
    options: never,
  ): (arguments_: never) => Promise<{ readonly output: Output }>;
};

/**
 * The operations that a simulated service knows, each typed by the SDK's command: what it takes, what it gives. Whatever is not
 * among them is refused aloud: a function that begins to call something new is noticed.
 */
export class Operations implements SimulatedService {
  readonly protocol: ServiceProtocol;
  private readonly operations = new Map<string, (input: Json, call: AwsCall) => unknown>();

  constructor(protocol: ServiceProtocol) {
    this.protocol = protocol;
  }

  /**
   * @param command - of the SDK: it names the operation and gives it its types
   */
  on<Input, Output>(
    command: CommandClass<Input, Output>,
    operation: (input: Input, call: AwsCall) => Omit<Output, '$metadata'> | Promise<Omit<Output, '$metadata'>>,
  ): this {
    this.operations.set(command.name.replace(/Command$/, ''), operation as (input: Json, call: AwsCall) => unknown);
    return this;
  }

  async call(call: AwsCall): Promise<Json> {
    const operation = this.operations.get(call.operation);
    if (!operation) throw new ServiceError('NotSimulated', `${call.service}:${call.operation} is not simulated`, 501);
    return (await operation(call.input, call)) as Json;
  }
}
