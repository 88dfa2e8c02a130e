import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployedFunction } from './functions.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, string>>;
}

/**
 * A synthesised stack as it would be once deployed: every reference has become the name or ARN that the resource would have, if
 * the template gives it a name, and its logical id where AWS would choose one.
 */
export class DeployedStack {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly resources: Readonly<Record<string, Resource>>;
  private readonly folder: string;

  private constructor(folder: string, name: string, region: string, account: string, template: { Resources: object }) {
    this.folder = folder;
    this.name = name;
    this.region = region;
    this.account = account;
    this.resources = template.Resources as Record<string, Resource>;
  }

  /** @param folder - a cloud assembly, `cdk.out` */
  static async all(folder: string, account: string): Promise<DeployedStack[]> {
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
      artifacts: Record<string, { type: string; environment?: string; properties?: { templateFile?: string } }>;
    };
    const stacks = Object.entries(manifest.artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
    return Promise.all(
      stacks.map(async ([id, { environment = '', properties }]) => {
        const text = await readFile(join(folder, properties?.templateFile ?? ''), 'utf8');
        return new DeployedStack(folder, id, environment.split('/').at(-1) ?? '', account, JSON.parse(text));
      }),
    );
  }

  of(type: string): [id: string, properties: Record<string, unknown>][] {
    return Object.entries(this.resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => [id, this.resolve(Properties) as Record<string, unknown>]);
  }

  /** @param address - of what stands in for AWS */
  async functions(address: string, environment: Readonly<Record<string, string>>): Promise<DeployedFunction[]> {
    return Promise.all(
      this.of('AWS::Lambda::Function').map(async ([id, properties]) => {
        const asset = join(this.folder, `${this.resources[id]?.Metadata?.['aws:asset:path']}`);
        const [file = 'index', handler = 'handler'] = `${properties.Handler}`.split('.');
        const found = (await readdir(asset)).find((name) => name.startsWith(`${file}.`) && !name.endsWith('.map'));
        const name = this.nameOf(id);
        return {
          name,
          region: this.region,
          file: join(asset, found ?? `${file}.js`),
          handler,
          timeoutSeconds: Number(properties.Timeout ?? 3),
          environment: {
            ...((properties.Environment as { Variables?: Record<string, string> } | undefined)?.Variables ?? {}),
            LAMBDA_TASK_ROOT: asset,
            AWS_REGION: this.region,
            AWS_LAMBDA_FUNCTION_NAME: name,
            AWS_ENDPOINT_URL: address,
            // Signs every call with the function's name, so that whoever asks is known.
            AWS_ACCESS_KEY_ID: name,
            AWS_SECRET_ACCESS_KEY: 'simulated',
            ...environment,
          },
        };
      }),
    );
  }

  /** A value of the template with all its references resolved. */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.resolve(one));
    if (typeof value !== 'object' || value === null) return value;
    const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0 && key === 'Ref') return this.reference(argument as string);
    if (others.length === 0 && key === 'Fn::GetAtt') return this.attribute(argument as [string, string]);
    if (others.length === 0 && key === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => this.resolve(part)).join(separator);
    }
    if (others.length === 0 && key === 'Fn::Sub') {
      return `${argument}`.replace(/\$\{([^}]+)\}/g, (_, name: string) => this.reference(name));
    }
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.resolve(one)]));
  }

  private reference(name: string): string {
    const pseudo: Record<string, string> = {
      'AWS::AccountId': this.account,
      'AWS::Region': this.region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.name,
    };
    return pseudo[name] ?? this.nameOf(name);
  }

  private attribute([id, attribute]: [string, string]): string {
    const { Type = '' } = this.resources[id] ?? {};
    if (!attribute.endsWith('Arn')) return `${id}.${attribute}`;
    const arn = (service: string, resource: string) => `arn:aws:${service}:${this.region}:${this.account}:${resource}`;
    if (Type === 'AWS::Lambda::Function') return arn('lambda', `function:${this.nameOf(id)}`);
    if (Type === 'AWS::StepFunctions::StateMachine') return arn('states', `stateMachine:${this.nameOf(id)}`);
    if (Type === 'AWS::S3::Bucket') return `arn:aws:s3:::${this.nameOf(id)}`;
    if (Type === 'AWS::IAM::Role') return `arn:aws:iam::${this.account}:role/${this.nameOf(id)}`;
    return arn('reference', id);
  }

  /** As the template names it, where it does. */
  private nameOf(id: string): string {
    const { Properties = {} } = this.resources[id] ?? {};
    const own = [
      'FunctionName',
      'BucketName',
      'StateMachineName',
      'RoleName',
      'TopicName',
      'DBSubnetGroupName',
      'Name',
    ];
    const name = own.map((key) => Properties[key]).find((one) => one !== undefined);
    return name === undefined ? id : `${this.resolve(name)}`;
  }
}
