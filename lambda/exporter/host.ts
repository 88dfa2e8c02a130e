import type { ExportedStack } from './request.ts';

/** Settings that are exported, each kind in an object of its own: a service that fails keeps only its own part from being looked at. */
export const sections = ['databases', 'functions', 'parameterGroups', 'securityGroups', 'subnetGroups'] as const;
export type Section = (typeof sections)[number];

/** The object that tells when everything was last seen: its age is that of the export. */
export const latestKey = 'latest.json';

/** The object with a template: its versions are the history of what was deployed. */
export function templateKey(stack: string): string {
  return `templates/${stack}.json`;
}

/** What JSON can say. Fields that are `undefined` are left out. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json | undefined };

/** Settings by the name of what they belong to. Names of fields are AWS's own, to be given back to AWS as they stand. */
export type Settings = { readonly [name: string]: Json };

export interface Reading {
  readonly settings: Settings;
  /** What the request names and AWS does not have, each as a few words. */
  readonly missing: readonly string[];
}

/** What the exporter needs of the world. It reads infrastructure and writes objects, and changes nothing else. */
export interface ExporterHost {
  now(): Date;
  readonly read: Readonly<Record<Section, () => Promise<Reading>>>;
  /** As CloudFormation has it deployed. @throws when there is no such stack */
  template(stack: ExportedStack): Promise<Json>;
  /** SHA-256 of the newest version of an object. @returns `undefined` when there is no such object */
  digest(key: string): Promise<string | undefined>;
  write(key: string, text: string, digest: string): Promise<void>;
}
