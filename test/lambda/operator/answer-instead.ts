/** A command of the SDK, by what it takes and gives. */
type CommandClass<Input, Output> = new (
  input: Input,
) => {
  readonly input: Input;
  resolveMiddleware(
    stack: never,
    configuration: never,
    options: never,
  ): (arguments_: never) => Promise<{ readonly output: Output }>;
};

export interface Answers {
  on<Input, Output>(command: CommandClass<Input, Output>, answer: (input: Input) => Omit<Output, '$metadata'>): Answers;
}

const clients = new Map<unknown, object>();

/**
 * A real client, made once for its many heirs: each answers its commands itself, without the network. Thousands of drills are
 * driven through them, for which aws-sdk-client-mock, which compares every call with every expectation, is too slow.
 */
export function heirOf<Client extends object>(client: new (options: { readonly region: string }) => Client): Client {
  const real = clients.get(client) ?? new client({ region: 'ap-northeast-1' });
  clients.set(client, real);
  return Object.create(real) as Client;
}

/** @param client - as `heirOf` gives it */
export function answerInstead(client: object): Answers {
  const answers = new Map<string, (input: never) => object>();
  const send = async (command: { readonly input: unknown; readonly constructor: { readonly name: string } }) => {
    const answer = answers.get(command.constructor.name);
    if (!answer) throw new TypeError(`${command.constructor.name} is not simulated`);
    return answer(command.input as never);
  };
  Object.assign(client, { send });
  const chained: Answers = {
    on(command, answer) {
      answers.set(command.name, answer as (input: never) => object);
      return chained;
    },
  };
  return chained;
}
