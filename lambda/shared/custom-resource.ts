/**
 * The events of CDK's Provider framework, which answers CloudFormation and asks again until a resource is complete
 * (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#provider-framework). CloudFormation
 * turns every property into a text.
 */
export interface CustomResourceEvent<Properties> {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** @default - not created yet */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Properties;
}
