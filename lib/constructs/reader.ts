import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { readerRoleName, roleArn } from '../names.ts';

export interface ReaderProps {
  /** Name of the policy. */
  readonly policyName: string;
  /** Whose watchers may take the role. */
  readonly account: string;
  /** Names of their roles. */
  readonly watchers: readonly string[];
  readonly statements: iam.PolicyStatement[];
}

/**
 * How the watchers of another account look into this one: a role that they may take, and that can only read. AWS Backup itself
 * lets no other account read a vault (https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html).
 */
export class Reader extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, { policyName, account, watchers, statements }: ReaderProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      roleName: readerRoleName(policyName),
      description: `Lets account ${account} read how the backups of ${policyName} are`,
      // The account, with its roles in a condition: IAM refuses a trust in a role that is not there yet.
      assumedBy: new iam.AccountPrincipal(account).withConditions({
        ArnEquals: { 'aws:PrincipalArn': watchers.map((watcher) => roleArn(this, watcher, account)) },
      }),
    });
    for (const statement of statements) this.role.addToPolicy(statement);
  }
}
