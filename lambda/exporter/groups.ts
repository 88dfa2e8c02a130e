import { type EC2Client, type IpPermission, paginateDescribeSecurityGroups } from '@aws-sdk/client-ec2';
import {
  type Parameter,
  paginateDescribeDBClusterParameterGroups,
  paginateDescribeDBClusterParameters,
  paginateDescribeDBParameterGroups,
  paginateDescribeDBParameters,
  paginateDescribeDBSubnetGroups,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { inOrder } from './canonical.ts';
import { namesOf, pick, tagsOf } from './fields.ts';
import type { Json, Reading } from './host.ts';
import { redactNamed } from './redact.ts';

/** Groups belong to no database, so all of the Region are exported: a restore picks the ones it needs. */

/**
 * With the parameters that somebody set, which is what `Source` `user` asks for
 * (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBParameters.html). AWS's own `default.` groups
 * cannot be changed, and are left out.
 */
export async function readParameterGroups(client: RDSClient): Promise<Reading> {
  const settings: Record<string, Json> = {};
  const isOurs = (name: string | undefined) => name !== undefined && !name.startsWith('default.');
  for await (const { DBParameterGroups = [] } of paginateDescribeDBParameterGroups({ client }, {})) {
    for (const group of DBParameterGroups.filter(({ DBParameterGroupName: name }) => isOurs(name))) {
      const { DBParameterGroupName, DBParameterGroupFamily, Description } = group;
      const Parameters: Record<string, Json> = {};
      const pages = paginateDescribeDBParameters({ client }, { DBParameterGroupName, Source: 'user' });
      for await (const page of pages) Object.assign(Parameters, valuesOf(page.Parameters));
      settings[`pg:${DBParameterGroupName}`] = { DBParameterGroupFamily, Description, Parameters };
    }
  }
  for await (const { DBClusterParameterGroups = [] } of paginateDescribeDBClusterParameterGroups({ client }, {})) {
    for (const group of DBClusterParameterGroups.filter(({ DBClusterParameterGroupName: name }) => isOurs(name))) {
      const { DBClusterParameterGroupName, DBParameterGroupFamily, Description } = group;
      const Parameters: Record<string, Json> = {};
      const pages = paginateDescribeDBClusterParameters({ client }, { DBClusterParameterGroupName, Source: 'user' });
      for await (const page of pages) Object.assign(Parameters, valuesOf(page.Parameters));
      settings[`cluster-pg:${DBClusterParameterGroupName}`] = { DBParameterGroupFamily, Description, Parameters };
    }
  }
  return { settings, missing: [] };
}

function valuesOf(parameters: readonly Parameter[] = []): Record<string, Json> {
  return Object.fromEntries(
    parameters.map(({ ParameterName = '', ParameterValue = '', ApplyMethod }) => [
      ParameterName,
      { ParameterValue: redactNamed(ParameterName, ParameterValue), ApplyMethod },
    ]),
  );
}

export async function readSubnetGroups(client: RDSClient): Promise<Reading> {
  const settings: Record<string, Json> = {};
  for await (const { DBSubnetGroups = [] } of paginateDescribeDBSubnetGroups({ client }, {})) {
    for (const group of DBSubnetGroups) {
      settings[group.DBSubnetGroupName ?? ''] = {
        ...pick(group, ['DBSubnetGroupDescription', 'VpcId']),
        SubnetIds: namesOf(group.Subnets, 'SubnetIdentifier'),
      };
    }
  }
  return { settings, missing: [] };
}

export async function readSecurityGroups(client: EC2Client): Promise<Reading> {
  const settings: Record<string, Json> = {};
  for await (const { SecurityGroups = [] } of paginateDescribeSecurityGroups({ client, pageSize: 1_000 }, {})) {
    for (const group of SecurityGroups) {
      settings[group.GroupId ?? ''] = {
        ...pick(group, ['GroupName', 'Description', 'VpcId']),
        IpPermissions: inOrder((group.IpPermissions ?? []).map(ofPermission)),
        IpPermissionsEgress: inOrder((group.IpPermissionsEgress ?? []).map(ofPermission)),
        Tags: tagsOf(group.Tags),
      };
    }
  }
  return { settings, missing: [] };
}

function ofPermission(permission: IpPermission): Json {
  const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] } = permission;
  return {
    ...pick(permission, ['IpProtocol', 'FromPort', 'ToPort']),
    IpRanges: inOrder(IpRanges.map((one) => pick(one, ['CidrIp', 'Description']))),
    Ipv6Ranges: inOrder(Ipv6Ranges.map((one) => pick(one, ['CidrIpv6', 'Description']))),
    PrefixListIds: inOrder(PrefixListIds.map((one) => pick(one, ['PrefixListId', 'Description']))),
    UserIdGroupPairs: inOrder(UserIdGroupPairs.map((one) => pick(one, ['GroupId', 'UserId', 'VpcId', 'Description']))),
  };
}
