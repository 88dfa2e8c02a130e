/** What the schedule hands to the exporter. */
export interface ExportRequest {
  /** Of the infrastructure; the exporter and its bucket are in the other Region. */
  readonly region: string;
  readonly bucket: string;
  /** Identifiers. */
  readonly instances: readonly string[];
  /** Identifiers; their members are exported with them. */
  readonly clusters: readonly string[];
  /** Whose templates are exported: those of this app. */
  readonly stacks: readonly ExportedStack[];
  readonly functions: {
    /** Of the names of this app's functions. */
    readonly prefix: string;
    readonly names: readonly string[];
  };
}

export interface ExportedStack {
  readonly name: string;
  readonly region: string;
}
