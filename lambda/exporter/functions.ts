import { type FunctionConfiguration, type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { inOrder } from './canonical.ts';
import { pick } from './fields.ts';
import type { Json, Reading } from './host.ts';
import { redacted } from './redact.ts';
import type { ExportRequest } from './request.ts';

/** Functions of this app, by the prefix of their names, and those that the policy names. */
export async function readFunctions(
  client: LambdaClient,
  { prefix, names }: ExportRequest['functions'],
): Promise<Reading> {
  const settings: Record<string, Json> = {};
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
    for (const one of Functions) {
      const { FunctionName: name = '' } = one;
      if (name.startsWith(prefix) || names.includes(name)) settings[name] = ofFunction(one);
    }
  }
  return { settings, missing: names.filter((name) => !(name in settings)).map((name) => `function ${name}`) };
}

function ofFunction(one: FunctionConfiguration): Json {
  const { Environment, VpcConfig, Layers = [], DeadLetterConfig, TracingConfig, EphemeralStorage, LoggingConfig } = one;
  return {
    ...pick(one, [
      'CodeSha256',
      'Description',
      'Handler',
      'KMSKeyArn',
      'MemorySize',
      'PackageType',
      'Role',
      'Runtime',
      'Timeout',
    ]),
    Architectures: inOrder(one.Architectures ?? []),
    DeadLetterTargetArn: DeadLetterConfig?.TargetArn,
    // Every value, harmless or not: a name cannot tell which, and what a function needs is known by its names.
    Environment: Object.fromEntries(Object.keys(Environment?.Variables ?? {}).map((name) => [name, redacted])),
    EphemeralStorage: EphemeralStorage?.Size,
    // A later layer covers an earlier one, so their order is a setting.
    Layers: Layers.map(({ Arn = '' }) => Arn),
    LoggingConfig:
      LoggingConfig && pick(LoggingConfig, ['LogFormat', 'LogGroup', 'ApplicationLogLevel', 'SystemLogLevel']),
    TracingMode: TracingConfig?.Mode,
    VpcConfig: VpcConfig?.VpcId
      ? {
          SecurityGroupIds: inOrder(VpcConfig.SecurityGroupIds ?? []),
          SubnetIds: inOrder(VpcConfig.SubnetIds ?? []),
        }
      : undefined,
  };
}
