import { hash } from 'node:crypto';
import { join } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import type { DatabasePart } from '../postgres/part.ts';
import type { FileList } from './entry.ts';
import { readWhole, writeDurably } from './recorded-file.ts';
import type { Problem } from './tree-walk.ts';

/**
 * What a generation holds. The manifest names the digest of every file list, a file list the digest of every file,
 * and `manifest.json.sha256` the digest of the manifest: one changed byte anywhere breaks the chain.
 */
export interface Manifest {
  readonly format: 1;
  /** See `generation/identifier.ts`. */
  readonly generation: string;
  /** The name in the policy. */
  readonly policy: string;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly sources: readonly SourceRecord[];
  /** Sources that could not be captured at all. */
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
}

export interface SourceRecord {
  readonly name: string;
  readonly kind: Detail['kind'];
  /** ISO 8601, UTC: the moment whose content this is. */
  readonly capturedAt: string;
  readonly files: FileList;
  /** Empty when everything is in the backup. */
  readonly problems: readonly Problem[];
  /** Stores that do not encrypt have this record of it and none of its files. */
  readonly encryptedOnly?: true;
  /** Facts that a restore needs, by kind of source. */
  readonly detail: Detail;
}

type Detail = PostgresDetail | SqliteDetail | DirectoryDetail | FilesDetail | CommandDetail;

export interface PostgresDetail {
  readonly kind: 'postgres';
  readonly database: string;
  readonly serverVersion: string;
  readonly serverMajor: number;
  readonly clientVersion: string;
  /** As the server counts it, with indexes and what is not used any more; bytes. */
  readonly size: number;
  /** The largest tables, without their indexes. */
  readonly largest: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[];
  /** Whose rows were dumped, as the policy says it; what is counted here and below is of these. @default - the whole database */
  readonly part?: DatabasePart;
  readonly tables: number;
  readonly rows: number;
  /** SHA-256 of `fingerprint.json`, in hexadecimal. */
  readonly fingerprint: string;
}

export interface SqliteDetail {
  readonly kind: 'sqlite';
  /** Where it was, absolute. */
  readonly path: string;
  /** Permission bits of the main file. */
  readonly mode: number;
  /** Such as `wal`; the copy is never in that mode itself. */
  readonly journalMode: string;
  readonly tables: number;
  readonly rows: number;
  /** `ok`, or why SQLite could not check it here. */
  readonly integrity: string;
  /** Rows whose parent was missing. */
  readonly orphans: readonly string[];
}

export interface DirectoryDetail {
  readonly kind: 'directory';
  /** Where it was, absolute. */
  readonly path: string;
  readonly linked: number;
  /** Why extended attributes could not be kept. */
  readonly attributesLacking?: string;
}

export interface FilesDetail {
  readonly kind: 'files';
  readonly files: readonly {
    /** As the policy names it: where it belongs on another machine is for that machine's policy to say. */
    readonly written: string;
    /** Inside `data/`. */
    readonly stored: string;
    readonly secret: boolean;
  }[];
}

export interface CommandDetail {
  readonly kind: 'command';
  /** The program; arguments are in the policy. */
  readonly program: string;
  /** Inside `data/`. */
  readonly stored: string;
  /** Bytes that it printed. */
  readonly bytes: number;
  /** SHA-256 of what it printed, in hexadecimal. */
  readonly sha256: string;
}

const manifestName = 'manifest.json';
const digestName = 'manifest.json.sha256';

/** Paths inside one source's folder of a generation. */
export const sourceLayout = { data: 'data', files: 'files.jsonl', fingerprint: 'fingerprint.json' } as const;

/** Paths inside a generation. */
export const layout = {
  manifest: manifestName,
  source: (name: string) => join('sources', name),
  data: (name: string) => join('sources', name, sourceLayout.data),
  files: (name: string) => join('sources', name, sourceLayout.files),
  fingerprint: (name: string) => join('sources', name, sourceLayout.fingerprint),
} as const;

/** Whether everything the policy asked for is in the generation. */
export function isComplete(manifest: Manifest): boolean {
  return manifest.failed.length === 0 && manifest.sources.every((source) => source.problems.length === 0);
}

/** Written last, and in the form that `sha256sum -c manifest.json.sha256` checks without this project. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeDurably(join(folder, manifestName), text);
  await writeDurably(join(folder, digestName), `${hash('sha256', text)}  ${manifestName}\n`);
}

/**
 * @throws FukugenError `mismatch` when the manifest is missing, damaged or of a later format
 */
export async function readManifest(folder: string): Promise<Manifest> {
  // Bytes, not text: decoding replaces what is not UTF-8, and could so mend a damaged byte before it is hashed.
  const [bytes, digest] = await Promise.all([
    readWhole(join(folder, manifestName)),
    readWhole(join(folder, digestName)),
  ]);
  if (digest.toString() !== `${hash('sha256', bytes)}  ${manifestName}\n`) {
    throw new FukugenError(
      'mismatch',
      `the manifest in ${folder} is damaged: it does not have the SHA-256 in ${digestName}`,
    );
  }
  const manifest = JSON.parse(bytes.toString()) as Manifest;
  if (manifest.format !== 1) {
    throw new FukugenError(
      'mismatch',
      `the manifest in ${folder} has format ${manifest.format}, written by a later fukugen`,
    );
  }
  return manifest;
}
