import { isKnown, listOf, marker, type StackTemplate, splitKnown, type Value } from './resource.ts';

/** What names a resource of a type: `Ref` gives the property, and the ARN is made of it. */
interface Naming {
  /** Property that holds the name; without it CloudFormation makes one up. */
  readonly property: string;
  /** Of the ARN, after Region and account. */
  readonly arn?: (name: string) => string;
  readonly service?: string;
  /** Attributes that are the ARN. */
  readonly arnAttributes: readonly string[];
  /** RDS writes its identifiers in small letters, whatever the template says. */
  readonly isLowerCase?: boolean;
}

const namings: Readonly<Record<string, Naming>> = {
  'AWS::RDS::DBInstance': {
    property: 'DBInstanceIdentifier',
    service: 'rds',
    arn: (name) => `db:${name}`,
    arnAttributes: ['DBInstanceArn'],
    isLowerCase: true,
  },
  'AWS::RDS::DBCluster': {
    property: 'DBClusterIdentifier',
    service: 'rds',
    arn: (name) => `cluster:${name}`,
    arnAttributes: ['DBClusterArn'],
    isLowerCase: true,
  },
  'AWS::Backup::BackupVault': {
    property: 'BackupVaultName',
    service: 'backup',
    arn: (name) => `backup-vault:${name}`,
    arnAttributes: ['BackupVaultArn'],
  },
  'AWS::Backup::LogicallyAirGappedBackupVault': {
    property: 'BackupVaultName',
    service: 'backup',
    arn: (name) => `backup-vault:${name}`,
    arnAttributes: ['BackupVaultArn'],
  },
  'AWS::CloudWatch::Alarm': { property: 'AlarmName', arnAttributes: [] },
};

/**
 * Replaces intrinsic functions by what they stand for, as far as the templates of the app tell. Whatever they do not tell
 * (parameters, conditions, look-ups, attributes that AWS makes up) becomes a marker `${…}`: equal markers are the same
 * value, and nothing that holds one is ever compared with anything else.
 */
export class Intrinsics {
  readonly #stacks: readonly StackTemplate[];

  constructor(stacks: readonly StackTemplate[]) {
    this.#stacks = stacks;
  }

  resolve(value: Value, stack: StackTemplate, depth = 0): Value {
    // A reference that comes back to itself is no template that CloudFormation takes; it must not hang the synth.
    if (depth > 50) return marker('too deep');
    const inner = (one: Value) => this.resolve(one, stack, depth + 1);
    if (Array.isArray(value)) return value.map(inner).filter((one) => one !== noValue);
    if (typeof value === 'string') return value.includes('{{resolve:') ? unread(stack, value) : value;
    if (typeof value !== 'object' || value === null) return value;
    const [only, ...others] = Object.entries(value);
    if (only && others.length === 0) {
      const called = this.#call(only[0], only[1], stack, depth + 1);
      if (called !== undefined) return called;
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, one]) => [key, inner(one)] as const)
        .filter(([, one]) => one !== noValue),
    );
  }

  /** `undefined` when it is a plain key. */
  #call(name: string, argument: Value, stack: StackTemplate, depth: number): Value | undefined {
    const inner = (one: Value) => this.resolve(one, stack, depth);
    const unknown = () => unread(stack, JSON.stringify({ [name]: argument }));
    const list = listOf(argument);
    switch (name) {
      case 'Ref':
        return this.#reference(String(argument), stack, depth);
      case 'Fn::GetAtt': {
        const [id = '', ...attribute] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
        return this.#attribute(id, attribute.join('.'), stack, depth);
      }
      case 'Fn::Join': {
        const parts = inner(list[1] ?? []);
        return Array.isArray(parts) ? parts.map(text).join(String(list[0])) : unknown();
      }
      case 'Fn::Sub':
        return this.#substitute(list, stack, depth);
      case 'Fn::Split': {
        const source = inner(list[1] ?? '');
        return typeof source === 'string' ? splitKnown(source, String(list[0])) : unknown();
      }
      case 'Fn::Select': {
        const choices = inner(list[1] ?? []);
        const choice = Array.isArray(choices) ? choices[Number(list[0])] : undefined;
        return choice ?? unknown();
      }
      case 'Fn::ImportValue':
        return this.#exported(inner(argument), stack, depth) ?? unknown();
      case 'Fn::GetStackOutput':
        return this.#output(argument, stack, depth) ?? unknown();
      default:
        return name.startsWith('Fn::') || name === 'Condition' ? unknown() : undefined;
    }
  }

  #reference(id: string, stack: StackTemplate, depth: number): Value {
    switch (id) {
      case 'AWS::NoValue':
        return noValue;
      case 'AWS::Region':
        return stack.region ?? marker('AWS::Region');
      case 'AWS::AccountId':
        // Stacks without an account all go to that of the credentials at deployment.
        return stack.account ?? marker('AWS::AccountId');
      case 'AWS::Partition':
        return partitionOf(stack.region);
      case 'AWS::StackName':
        return stack.name;
    }
    const resource = stack.template.Resources?.[id];
    const naming = resource && namings[resource.Type];
    const given = naming && resource.Properties?.[naming.property];
    if (given === undefined) return marker(`${stack.path}/${id}`);
    const name = this.resolve(given, stack, depth);
    return naming?.isLowerCase && typeof name === 'string' && isKnown(name) ? name.toLowerCase() : name;
  }

  #attribute(id: string, attribute: string, stack: StackTemplate, depth: number): Value {
    const naming = namings[stack.template.Resources?.[id]?.Type ?? ''];
    if (naming?.arn && naming.arnAttributes.includes(attribute)) {
      const place = [naming.service, this.#reference('AWS::Region', stack, depth)];
      const account = this.#reference('AWS::AccountId', stack, depth);
      const name = text(this.#reference(id, stack, depth));
      return ['arn', partitionOf(stack.region), ...place, account, naming.arn(name)].join(':');
    }
    if (naming && attribute === naming.property) return this.#reference(id, stack, depth);
    return marker(`${stack.path}/${id}.${attribute}`);
  }

  #substitute([template, given]: readonly Value[], stack: StackTemplate, depth: number): string {
    const values = (given ?? {}) as Record<string, Value>;
    return String(template).replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
      // `${!name}` is written out as `${name}`, which here reads as unknown: no rule needs such a value.
      if (literal) return marker(name);
      const own = values[name];
      if (own !== undefined) return text(this.resolve(own, stack, depth));
      const [id = '', ...attribute] = name.split('.');
      return text(
        attribute.length > 0
          ? this.#attribute(id, attribute.join('.'), stack, depth)
          : this.#reference(id, stack, depth),
      );
    });
  }

  #exported(name: Value, stack: StackTemplate, depth: number): Value | undefined {
    for (const other of this.#stacks) {
      if (other.region !== stack.region || other.account !== stack.account) continue;
      for (const output of Object.values(other.template.Outputs ?? {})) {
        if (output.Export && this.resolve(output.Export.Name, other, depth) === name)
          return this.resolve(output.Value, other, depth);
      }
    }
    return undefined;
  }

  /** A weak reference, also to another Region (docs/adr/0003-weak-references.md). */
  #output(argument: Value, stack: StackTemplate, depth: number): Value | undefined {
    const asked = (key: string) => {
      const value = (argument as Record<string, Value>)[key];
      return value === undefined ? undefined : this.resolve(value, stack, depth);
    };
    const region = asked('Region') ?? stack.region;
    const other = this.#stacks.find((one) => one.name === asked('StackName') && one.region === region);
    const output = other?.template.Outputs?.[String(asked('OutputName'))];
    return other && output && this.resolve(output.Value, other, depth);
  }
}

/** Stands for a property that is not there. */
const noValue = marker('AWS::NoValue');

function unread(stack: StackTemplate, what: string): string {
  return marker(`${stack.path}: ${what.replaceAll(/[{}$]/g, '')}`);
}

function text(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function partitionOf(region: string | undefined): string {
  if (!region) return marker('AWS::Partition');
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
