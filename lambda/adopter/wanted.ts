/** What the policy asks of a database that already exists. */
export interface Wanted {
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
  /** At least. */
  readonly retentionDays: number;
  /** Daily, UTC, such as `16:15-16:45`. */
  readonly backupWindow: string;
  /** Weekly, UTC, such as `sun:17:15-sun:17:45`. */
  readonly maintenanceWindow: string;
  /** ARN of the customer managed key that it is encrypted with. @default - any, or none */
  readonly keyArn?: string;
  /** @default - automated backups are not replicated by this app */
  readonly replication?: {
    readonly region: string;
    /** ARN of a key in that Region. */
    readonly keyArn: string;
  };
  /** The first automated backup of an instance may be taken, though it interrupts it. */
  readonly allowOutage: boolean;
  /** It is known that the database, and so every copy of a cluster, is not encrypted. */
  readonly acknowledgeUnencrypted: boolean;
}

/** The properties of the custom resource. CloudFormation turns each into a text. */
export interface AdoptionProperties {
  readonly Kind: Wanted['kind'];
  readonly Identifier: string;
  readonly RetentionDays: number | string;
  readonly BackupWindow: string;
  readonly MaintenanceWindow: string;
  readonly AllowOutage: boolean | string;
  readonly AcknowledgeUnencrypted: boolean | string;
  /** @default - any key, or none */
  readonly KeyArn?: string;
  /** With the key. @default - automated backups are not replicated by this app */
  readonly ReplicationRegion?: string;
  readonly ReplicationKeyArn?: string;
}

export function wantedOf(properties: AdoptionProperties): Wanted {
  const { ReplicationRegion: region, ReplicationKeyArn: keyArn } = properties;
  return {
    kind: properties.Kind,
    identifier: properties.Identifier,
    retentionDays: Number(properties.RetentionDays),
    backupWindow: properties.BackupWindow,
    maintenanceWindow: properties.MaintenanceWindow,
    ...(properties.KeyArn && { keyArn: properties.KeyArn }),
    ...(region && keyArn && { replication: { region, keyArn } }),
    allowOutage: String(properties.AllowOutage) === 'true',
    acknowledgeUnencrypted: String(properties.AcknowledgeUnencrypted) === 'true',
  };
}
