import { type CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { parseDocument } from 'yaml';
import type { Json } from './host.ts';

/**
 * Processed: what CloudFormation works from, with every transform carried out
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html). `cdk deploy` hands over JSON, and
 * `cdk import` YAML, of which JSON is a part. A short form such as `!Ref` would be lost on the way, and is none of CDK's.
 *
 * @throws when there is no such stack
 */
export async function readTemplate(client: CloudFormationClient, StackName: string): Promise<Json> {
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Processed' }));
  if (!TemplateBody) throw new Error('CloudFormation gave no template');
  const document = parseDocument(TemplateBody);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw new Error(`the template cannot be read: ${problem.message.split('\n')[0]}`);
  return document.toJS() as Json;
}
