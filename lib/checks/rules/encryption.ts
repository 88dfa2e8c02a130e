import type { Rule } from '../finding.ts';
import { isOff } from '../resource.ts';

/** What is made from another keeps the encryption of that, whatever is said here. */
const sources = [
  'DBSnapshotIdentifier',
  'DBClusterSnapshotIdentifier',
  'SnapshotIdentifier',
  'SourceDBClusterIdentifier',
  'SourceDbiResourceId',
  'ReplicationSourceIdentifier',
  'GlobalClusterIdentifier',
];

export const encryption: Rule = {
  id: 'encryption',
  looksAt: 'databases whose storage is not encrypted',
  why: 'it cannot be turned on in place, and every copy of an unencrypted cluster stays unencrypted',
  source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html',
  fix: 'set StorageEncrypted to true and a customer managed key',
  isAcknowledgeable: true,
  find: (app) =>
    app.databases
      .filter(({ resource: { properties }, isAdopted }) => !isAdopted && isOff(properties.StorageEncrypted))
      .filter(({ resource: { properties } }) => sources.every((source) => properties[source] === undefined))
      .map(({ resource, name }) => ({
        resource,
        location: 'Properties/StorageEncrypted',
        sentence: `${name} has StorageEncrypted ${resource.properties.StorageEncrypted ?? 'left out, which is false'}`,
        fix: 'Set StorageEncrypted to true with a KmsKeyId, in CDK storageEncrypted and storageEncryptionKey.',
      })),
};
