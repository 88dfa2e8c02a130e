import { CfnOutput, CustomResource, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { SettingProvider } from './setting-provider.ts';

/**
 * Has AWS Backup take Aurora clusters in this account and Region. A selection by ARN overrides the opt-in for other types, not
 * for Aurora, and CloudFormation has no resource for it
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/getting-started.html).
 */
export class ServiceOptIn extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const provider = new SettingProvider(this, 'Provider', {
      folder: 'opt-in',
      description: 'Opts resource types in to AWS Backup and leaves the others as they are',
      statements: [
        new iam.PolicyStatement({
          actions: ['backup:DescribeRegionSettings', 'backup:UpdateRegionSettings'],
          resources: ['*'],
        }),
      ],
    });
    for (const { role } of provider.functions) {
      Validations.of(role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'The settings of a Region have no ARN',
      });
    }
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: provider.serviceToken,
      resourceType: 'Custom::BackupOptIn',
      properties: { Types: ['Aurora'] },
    });
    new CfnOutput(this, 'Added', {
      value: resource.getAttString('Added'),
      description: 'Resource types that AWS Backup did not take before',
    });
  }
}
