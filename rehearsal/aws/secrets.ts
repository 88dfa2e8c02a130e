import { randomBytes, randomUUID } from 'node:crypto';
import * as secretsManager from '@aws-sdk/client-secrets-manager';
import { Operations } from './operations.ts';
import { ServiceError, ServiceProtocol } from './protocol.ts';

/** Secrets Manager: those that RDS makes, and those that somebody put there. */
export class Secrets {
  /** By ARN or name. */
  readonly values = new Map<string, string>();
  /** Every password that ever was one: none of them may be found anywhere else. */
  readonly passwords: string[] = [];
  readonly service = new Operations(new ServiceProtocol('json', secretsManager))
    .on(secretsManager.GetSecretValueCommand, ({ SecretId = '' }) => ({
      ARN: SecretId,
      Name: SecretId,
      SecretString: this.find(SecretId),
    }))
    .on(secretsManager.DescribeSecretCommand, ({ SecretId = '' }) => {
      this.find(SecretId);
      return { ARN: SecretId, Name: SecretId };
    });

  /** As RDS does when it manages a master password. */
  make(kind: 'db' | 'cluster', region: string, account: string, username: string): { arn: string; password: string } {
    const password = randomBytes(18).toString('base64url');
    const arn = `arn:aws:secretsmanager:${region}:${account}:secret:rds!${kind}-${randomUUID()}-AbCdEf`;
    this.values.set(arn, JSON.stringify({ username, password }));
    this.passwords.push(password);
    return { arn, password };
  }

  private find(id: string): string {
    const value = this.values.get(id);
    if (value === undefined) {
      throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return value;
  }
}
