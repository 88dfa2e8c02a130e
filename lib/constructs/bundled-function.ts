import { fileURLToPath } from 'node:url';
import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface BundledFunctionProps {
  /** Of `lambda/`, with a handler.ts in it. */
  readonly folder: string;
  /** Exported by handler.ts. @default handler */
  readonly handler?: string;
  readonly description: string;
  /** What the function may do; its log apart, it may do nothing else. */
  readonly statements: iam.PolicyStatement[];
  /** No secrets. @default - none */
  readonly environment?: Record<string, string>;
  /** @default 1 minute */
  readonly timeout?: Duration;
}

/** A function of this project: bundled with its own pinned SDK, least privilege, a log that does not grow for ever. */
export class BundledFunction extends Construct {
  readonly function: lambda.IFunction;
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.THREE_MONTHS });
    // A role of our own: CDK's would get a managed policy that writes to any log of the account.
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
    });
    logGroup.grantWrite(this.role);
    for (const statement of props.statements) this.role.addToPolicy(statement);

    this.function = new NodejsFunction(this, 'Function', {
      entry: `${root}lambda/${props.folder}/handler.ts`,
      handler: props.handler ?? 'handler',
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      ...(props.environment && { environment: props.environment }),
      timeout: props.timeout ?? Duration.minutes(1),
      role: this.role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      projectRoot: root,
      depsLockFilePath: `${root}package-lock.json`,
      bundling: {
        // The SDK of the runtime changes under a function that nobody deploys, and lags behind the API.
        externalModules: [],
        minify: true,
        keepNames: true,
        target: 'node24',
      },
    });
  }
}
