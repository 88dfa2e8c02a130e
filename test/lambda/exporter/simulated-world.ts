import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { DescribeSecurityGroupsCommand, EC2Client, type SecurityGroup } from '@aws-sdk/client-ec2';
import { type FunctionConfiguration, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  type DBCluster,
  type DBInstance,
  type DBSubnetGroup,
  DescribeDBClusterParameterGroupsCommand,
  DescribeDBClusterParametersCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBParametersCommand,
  DescribeDBSubnetGroupsCommand,
  type Parameter,
  RDSClient,
} from '@aws-sdk/client-rds';
import { HeadObjectCommand, NotFound, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { awsHost } from '../../../lambda/exporter/aws-host.ts';
import type { ExporterHost } from '../../../lambda/exporter/host.ts';
import type { ExportRequest } from '../../../lambda/exporter/request.ts';

interface Version {
  readonly Body: string;
  readonly Metadata: Record<string, string>;
}

/** Infrastructure and a versioned bucket. Change its fields between runs; every list is answered in pages of one. */
export class SimulatedWorld {
  now = new Date('2026-11-21T09:00:00Z');
  instances: DBInstance[] = [];
  clusters: DBCluster[] = [];
  /** Parameters of each group. */
  parameterGroups: Record<string, Parameter[]> = {};
  clusterParameterGroups: Record<string, Parameter[]> = {};
  subnetGroups: DBSubnetGroup[] = [];
  securityGroups: SecurityGroup[] = [];
  functions: FunctionConfiguration[] = [];
  /** By Region and name of the stack, as they were deployed. */
  templates: Record<string, object | string> = {};
  /** Names of commands that fail, with what they fail with, until taken away. */
  failing: Record<string, Error> = {};
  /** Versions of each object, oldest first. */
  readonly bucket = new Map<string, Version[]>();
  readonly host: ExporterHost;

  constructor(request: ExportRequest) {
    const region = { region: request.region };
    const clients = {
      cloudFormationIn: (region: string) => this.cloudFormation(region),
      ec2: new EC2Client(region),
      lambda: new LambdaClient(region),
      rds: new RDSClient(region),
      s3: new S3Client({ region: 'ap-northeast-3' }),
    };
    this.answerRds(clients.rds);
    this.answerS3(clients.s3, request.bucket);
    mockClient(clients.ec2)
      .on(DescribeSecurityGroupsCommand)
      .callsFake(({ NextToken }) =>
        this.page('DescribeSecurityGroups', this.securityGroups, 'SecurityGroups', 'NextToken', NextToken),
      );
    mockClient(clients.lambda)
      .on(ListFunctionsCommand)
      .callsFake(({ Marker }) => this.page('ListFunctions', this.functions, 'Functions', 'NextMarker', Marker));
    this.host = { ...awsHost(clients, request), now: () => this.now };
  }

  /** The newest version of an object. */
  stored(key: string): string {
    return this.bucket.get(key)?.at(-1)?.Body ?? '';
  }

  versions(key: string): number {
    return this.bucket.get(key)?.length ?? 0;
  }

  private cloudFormation(region: string): CloudFormationClient {
    const client = new CloudFormationClient({ region });
    mockClient(client)
      .on(GetTemplateCommand, { TemplateStage: 'Processed' })
      .callsFake(({ StackName }) => {
        const template = this.templates[`${region} ${StackName}`];
        if (this.failing.GetTemplate) throw this.failing.GetTemplate;
        const TemplateBody = typeof template === 'string' ? template : JSON.stringify(template);
        if (template !== undefined) return { TemplateBody, StagesAvailable: ['Original', 'Processed'] };
        const message = `Stack with id ${StackName} does not exist`;
        throw Object.assign(new Error(message), { name: 'ValidationError' });
      });
    return client;
  }

  private page(command: string, all: readonly object[], key: string, tokenKey: string, token: string | undefined) {
    const error = this.failing[command];
    if (error) throw error;
    const first = Number(token ?? 0);
    return { [key]: all.slice(first, first + 1), [tokenKey]: first + 1 < all.length ? `${first + 1}` : undefined };
  }

  private answerRds(rds: RDSClient): void {
    const groups = (names: object, key: string) => Object.keys(names).map((name) => ({ [key]: name }));
    const changed = (parameters: readonly Parameter[] = [], source: string) =>
      parameters.filter(({ Source }) => Source === source);
    mockClient(rds)
      .on(DescribeDBInstancesCommand)
      .callsFake(({ Marker }) => this.page('DescribeDBInstances', this.instances, 'DBInstances', 'Marker', Marker))
      .on(DescribeDBClustersCommand)
      .callsFake(({ Marker }) => this.page('DescribeDBClusters', this.clusters, 'DBClusters', 'Marker', Marker))
      .on(DescribeDBSubnetGroupsCommand)
      .callsFake(({ Marker }) =>
        this.page('DescribeDBSubnetGroups', this.subnetGroups, 'DBSubnetGroups', 'Marker', Marker),
      )
      .on(DescribeDBParameterGroupsCommand)
      .callsFake(({ Marker }) => {
        const all = groups(this.parameterGroups, 'DBParameterGroupName');
        return this.page('DescribeDBParameterGroups', all, 'DBParameterGroups', 'Marker', Marker);
      })
      .on(DescribeDBClusterParameterGroupsCommand)
      .callsFake(({ Marker }) => {
        const all = groups(this.clusterParameterGroups, 'DBClusterParameterGroupName');
        return this.page('DescribeDBClusterParameterGroups', all, 'DBClusterParameterGroups', 'Marker', Marker);
      })
      .on(DescribeDBParametersCommand)
      .callsFake(({ DBParameterGroupName, Source, Marker }) => {
        const all = changed(this.parameterGroups[DBParameterGroupName], Source);
        return this.page('DescribeDBParameters', all, 'Parameters', 'Marker', Marker);
      })
      .on(DescribeDBClusterParametersCommand)
      .callsFake(({ DBClusterParameterGroupName, Source, Marker }) => {
        const all = changed(this.clusterParameterGroups[DBClusterParameterGroupName], Source);
        return this.page('DescribeDBClusterParameters', all, 'Parameters', 'Marker', Marker);
      });
  }

  private answerS3(s3: S3Client, bucket: string): void {
    mockClient(s3)
      .on(HeadObjectCommand, { Bucket: bucket })
      .callsFake(({ Key }) => {
        if (this.failing.HeadObject) throw this.failing.HeadObject;
        const newest = this.bucket.get(Key)?.at(-1);
        if (!newest) throw new NotFound({ message: 'UnknownError', $metadata: {} });
        return { Metadata: newest.Metadata };
      })
      .on(PutObjectCommand, { Bucket: bucket })
      .callsFake(({ Key, Body, Metadata }) => {
        if (this.failing.PutObject) throw this.failing.PutObject;
        this.bucket.set(Key, [...(this.bucket.get(Key) ?? []), { Body, Metadata }]);
        return {};
      });
  }
}
