import { beforeAll, describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { declareCloud } from '../../../lib/cloud.ts';
import { everyRole } from '../../helpers/iam.ts';
import { account, cloudPolicy, newApp } from '../synthesise.ts';
import { expectGolden } from './golden.ts';

type CloudInput = NonNullable<Parameters<typeof cloudPolicy>[0]>;

function synthesiseUploads(cloud: CloudInput): Template {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy({ account, ...cloud }));
  return Template.fromJSON(app.synth().getStackByName('shop-uploads').template);
}

const isUploads = { kind: 'declared', keepOverwritten: '60d' } as const;
let declared: Template;
let adopted: Template;
beforeAll(() => {
  declared = synthesiseUploads({ uploads: isUploads });
  adopted = synthesiseUploads({ uploads: { kind: 'adopted', bucket: 'shop-photos', every: '12h' } });
});

test('the uploads stack is the one that was reviewed', () => {
  expectGolden('uploads', declared);
});

test('there is no such stack unless the policy asks for it', () => {
  const app = newApp();
  declareCloud(app, 'shop', cloudPolicy());
  expect(app.node.tryFindChild('Uploads')).toBeUndefined();
});

test.each<CloudInput>([{ uploads: isUploads }, { uploads: { kind: 'adopted', bucket: 'shop-photos' } }])(
  'given %j and no account, the template holds none, and the security rules pass it',
  (cloud) => {
    const app = newApp();
    declareCloud(app, 'shop', cloudPolicy(cloud));
    const stack = app.synth().getStackByName('shop-uploads');
    expect(JSON.stringify(stack.template)).not.toMatch(/\b\d{12}\b/);
    expect(stack.dependencies.map(({ id }) => id)).toContain('Backup');
  },
);

describe('a declared bucket', () => {
  test('has versions, events, a key of its own and no door to the public, and stays', () => {
    declared.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: `shop-uploads-${account}`,
        VersioningConfiguration: { Status: 'Enabled' },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
        },
        PublicAccessBlockConfiguration: Match.objectLike({ BlockPublicPolicy: true, RestrictPublicBuckets: true }),
        LifecycleConfiguration: {
          Rules: [
            { NoncurrentVersionExpiration: { NoncurrentDays: 60 } },
            { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
          ],
        },
      },
    });
  });

  test('refuses a connection that is not encrypted', () => {
    declared.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  test('needs no function', () => {
    declared.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('is selected by its ARN, with the role that may take S3', () => {
    const [role] = Object.keys(declared.findResources('AWS::IAM::Role'));
    declared.hasResourceProperties('AWS::Backup::BackupSelection', {
      BackupSelection: {
        IamRoleArn: { 'Fn::GetAtt': [role, 'Arn'] },
        Resources: [`arn:aws:s3:::shop-uploads-${account}`],
        ListOfTags: Match.absent(),
      },
    });
    declared.hasResource('AWS::IAM::Role', {
      DeletionPolicy: 'Retain',
      Properties: {
        RoleName: 'shop-uploads-backup',
        ManagedPolicyArns: [
          { 'Fn::Join': ['', Match.arrayWith([':iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup'])] },
          { 'Fn::Join': ['', Match.arrayWith([':iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup'])] },
        ],
      },
    });
  });
});

test('a recovery point a day is kept, copied to the replica vault and kept there, as long as those of databases', () => {
  const cadence = { keep: '20d', copy: { keep: '40d' }, weekly: { keep: '56d' } } as const;
  const template = synthesiseUploads({ uploads: { kind: 'declared' }, cadence });
  template.hasResourceProperties('AWS::Backup::BackupPlan', {
    BackupPlan: {
      BackupPlanName: 'shop-uploads',
      BackupPlanRule: [
        {
          TargetBackupVault: 'shop-primary',
          ScheduleExpression: 'cron(0 0 * * ? *)',
          ScheduleExpressionTimezone: 'Asia/Tokyo',
          StartWindowMinutes: 60,
          Lifecycle: { DeleteAfterDays: 20 },
          CopyActions: [
            {
              DestinationBackupVaultArn: `arn:aws:backup:ap-northeast-3:${account}:backup-vault:shop-replica`,
              Lifecycle: { DeleteAfterDays: 40 },
            },
          ],
          EnableContinuousBackup: Match.absent(),
        },
      ],
    },
  });
});

describe('an adopted bucket', () => {
  test('is selected, on its own cadence, and not in the template', () => {
    adopted.resourceCountIs('AWS::S3::Bucket', 0);
    adopted.hasResourceProperties('AWS::Backup::BackupSelection', {
      BackupSelection: { Resources: ['arn:aws:s3:::shop-photos'] },
    });
    adopted.hasResourceProperties('AWS::Backup::BackupPlan', {
      BackupPlan: { BackupPlanRule: [Match.objectLike({ ScheduleExpression: 'cron(0 0,12 * * ? *)' })] },
    });
  });

  test('is checked before a plan takes it', () => {
    const [[check, resource] = []] = Object.entries(adopted.findResources('Custom::BackupReadyBucket'));
    expect(resource?.Properties.Bucket).toBe('shop-photos');
    adopted.hasResource('AWS::Backup::BackupSelection', { DependsOn: Match.arrayWith([check]) });
  });

  test.each([
    ['s3:GetBucketVersioning', 'shop-photos', true],
    ['s3:GetBucketVersioning', 'theirs', false],
    ['s3:PutBucketVersioning', 'shop-photos', false],
    ['s3:PutLifecycleConfiguration', 'shop-photos', false],
    ['s3:DeleteBucket', 'shop-photos', false],
  ])('%s of %s by this app: %j', async (action, bucket, expected) => {
    expect(await everyRole(adopted).may(action, `arn:aws:s3:::${bucket}`)).toBe(expected);
  });
});
