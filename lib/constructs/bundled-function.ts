import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetStaging, Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
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
  /** For a function that is called by its name. @default - CloudFormation makes one up */
  readonly functionName?: string;
  /** For a role that another account trusts by its name. @default - CloudFormation makes one up */
  readonly roleName?: string;
  /** No secrets. @default - none */
  readonly environment?: Record<string, string>;
  /** Texts that lie beside the code, by the names of their files. @default - none */
  readonly files?: Readonly<Record<string, string>>;
  /** @default 1 minute */
  readonly timeout?: Duration;
  /** MiB. @default 256 */
  readonly memory?: number;
  /** Where its network interface is. @default - no network of this account */
  readonly network?: FunctionNetwork;
}

export interface FunctionNetwork {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly securityGroups: ec2.ISecurityGroup[];
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
      ...(props.roleName && { roleName: props.roleName }),
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
      memorySize: props.memory ?? 256,
      ...(props.functionName && { functionName: props.functionName }),
      ...(props.environment && { environment: props.environment }),
      ...(props.network && {
        vpc: props.network.vpc,
        vpcSubnets: props.network.subnets,
        securityGroups: props.network.securityGroups,
      }),
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
        ...(props.files && beside(props.files)),
      },
    });
  }
}

/** Written by the bundling itself, so no text goes through a shell. */
function beside(files: Readonly<Record<string, string>>): Pick<BundlingOptions, 'environment' | 'commandHooks'> {
  return {
    // CDK takes two bundlings of one handler for the same unless something in their options tells them apart.
    environment: { FILES: createHash('sha256').update(JSON.stringify(files)).digest('hex') },
    commandHooks: {
      beforeBundling: () => [],
      beforeInstall: () => [],
      afterBundling: (_, folder) => {
        // Asked of every bundling, also for a container, which this project does not bundle in: esbuild is installed.
        if (folder === AssetStaging.BUNDLING_OUTPUT_DIR) return [];
        for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
        return [];
      },
    },
  };
}
