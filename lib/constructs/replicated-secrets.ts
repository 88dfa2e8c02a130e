import { CustomResource, Duration, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { CloudPolicy } from '../../core/policy/index.ts';
import type { ReplicationProperties } from '../../lambda/secret-replicator/replicate.ts';
import { secretsKeyAlias } from '../names.ts';
import { SettingProvider } from './setting-provider.ts';

type SecretPolicy = NonNullable<CloudPolicy['secrets']>[string];
type AdoptedSecret = Extract<SecretPolicy, { kind: 'adopted' }>;

export interface ReplicatedSecretsProps {
  /** Of the policy. */
  readonly policyName: string;
  readonly secrets: NonNullable<CloudPolicy['secrets']>;
  readonly replicaRegion: string;
}

/**
 * Secrets that are in the replica Region as well. The master secrets that RDS manages are not among them: nothing says that they
 * can be replicated, and a database that is restored there gets one of its own.
 */
export class ReplicatedSecrets extends Construct {
  constructor(scope: Construct, id: string, { policyName, secrets, replicaRegion }: ReplicatedSecretsProps) {
    super(scope, id);
    const key = `alias/${secretsKeyAlias(policyName)}`;
    const adopted: [string, AdoptedSecret][] = [];
    for (const [name, policy] of Object.entries(secrets)) {
      if (policy.kind === 'adopted') adopted.push([name, policy]);
      else new DeclaredSecret(this, name, { name: `${policyName}/${name}`, region: replicaRegion, key });
    }
    if (adopted.length === 0) return;
    const arns = adopted.map(([, secret]) => arnOf(this, secret));
    const provider = new SettingProvider(this, 'Provider', {
      folder: 'secret-replicator',
      description: 'Has secrets that exist already replicated, and reads the value of none',
      statements: statements(this, arns, replicaRegion, key),
      settlesWithin: Duration.minutes(30),
    });
    for (const { role } of provider.functions) acknowledge(this, role, arns, replicaRegion);
    for (const [name, secret] of adopted) {
      new CustomResource(this, name, {
        serviceToken: provider.serviceToken,
        resourceType: 'Custom::ReplicatedSecret',
        properties: {
          SecretId: secret.arn ?? (secret.name as string),
          ReplicaRegion: replicaRegion,
          ReplicaKey: key,
        } satisfies ReplicationProperties,
      });
    }
  }
}

/** As CloudFormation makes it, with a random value. It and its replica stay when the stack goes. */
class DeclaredSecret extends CfnSecret {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly name: string; readonly region: string; readonly key: string },
  ) {
    const { name, region, key } = props;
    super(scope, id, {
      name,
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      replicaRegions: [{ region, kmsKeyId: key }],
    });
    this.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'What the secret opens is not known here, so nothing here can rotate it',
    });
  }
}

function arnOf(scope: Construct, { arn, name }: AdoptedSecret): string {
  const { partition, region, account } = Stack.of(scope);
  // AWS puts a hyphen and six characters behind the name.
  return arn ?? `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-??????`;
}

function anyKey(scope: Construct, region: string): string {
  const { partition, account } = Stack.of(scope);
  return `arn:${partition}:kms:${region}:${account}:key/*`;
}

/**
 * What https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html asks for. Which key a secret
 * is under is not known here: any, but through Secrets Manager only, and for these secrets only.
 */
function statements(
  scope: Construct,
  arns: readonly string[],
  replicaRegion: string,
  key: string,
): iam.PolicyStatement[] {
  const through = (region: string) => ({ 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` });
  const allow = (actions: string[], resources: readonly string[], conditions?: Record<string, object>) =>
    new iam.PolicyStatement({ actions, resources: [...resources], ...(conditions && { conditions }) });
  return [
    allow(['secretsmanager:DescribeSecret', 'secretsmanager:ReplicateSecretToRegions'], arns),
    allow(['kms:Decrypt'], [anyKey(scope, Stack.of(scope).region)], {
      StringEquals: through(Stack.of(scope).region),
      StringLike: { 'kms:EncryptionContext:SecretARN': arns },
    }),
    allow(['kms:Encrypt', 'kms:GenerateDataKey'], [anyKey(scope, replicaRegion)], {
      StringEquals: through(replicaRegion),
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': key },
    }),
  ];
}

function acknowledge(scope: Construct, role: iam.IRole, arns: readonly string[], replicaRegion: string): void {
  const { account, region } = Stack.of(scope);
  const say = (resource: string, reason: string) => {
    // As cdk-nag writes a pseudo parameter: the account is one when the policy names none.
    const written = Token.isUnresolved(account) ? resource.replace(account, '<AWS::AccountId>') : resource;
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${written}]`, reason });
  };
  say(anyKey(scope, region), 'The keys of the secrets are not known here; a condition names the secrets');
  say(anyKey(scope, replicaRegion), 'A condition names the alias of the key');
  for (const arn of arns.filter((one) => one.endsWith('-??????'))) say(arn, 'AWS chooses the last six characters');
}
