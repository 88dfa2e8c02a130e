import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FukugenError } from '../../core/errors.ts';
import { renderReport } from '../../core/evidence/report/report.ts';
import type { Language } from '../../core/notice/index.ts';
import { type LoadedPolicy, loadPolicy } from '../../core/policy/index.ts';
import { exitStatus } from '../console/exit-status.ts';
import type { GlobalOptions, Outcome } from '../console/outcome.ts';
import { table } from '../console/table.ts';
import { type Archive, openArchives } from '../evidence/archive.ts';
import { mergeChains, type ReadArchive } from '../evidence/merge-chains.ts';
import { readChains } from '../evidence/read-chains.ts';

export interface EvidenceOptions extends GlobalOptions {
  /** Twelve digits. @default - the policy's */
  readonly account?: string;
}

export interface VerifyEvidenceOptions extends EvidenceOptions {
  /** SHA-256 of records that must still be there. */
  readonly holds?: readonly string[];
}

export interface ReportOptions extends EvidenceOptions {
  readonly language?: string;
  readonly timezone?: string;
  /** Name of the execution. @default - the newest of every database */
  readonly drill?: string;
  readonly out: string;
}

/** Walks every chain of records and says what was changed, taken away, or put in. */
export async function verifyEvidence(places: readonly string[], options: VerifyEvidenceOptions): Promise<Outcome> {
  const archives = await openArchives(places, options);
  if (options.dryRun) return would('verify the evidence in', archives);
  const chains = mergeChains(await readAll(archives));
  const known = new Set(chains.flatMap(({ hashes }) => hashes));
  const gone = (options.holds ?? []).filter((hash) => !known.has(hash.toLowerCase()));
  const isIntact = gone.length === 0 && chains.every(({ findings }) => findings.length === 0);
  return {
    status: isIntact ? exitStatus.success : exitStatus.mismatch,
    json: {
      intact: isIntact,
      chains: chains.map(({ region, database, records, hashes, findings }) => ({
        ...{ region, database, records: records.length, newest: hashes.at(-1), findings },
      })),
      gone,
    },
    text: [
      table(
        ['DATABASE', 'REGION', 'RECORDS', 'CHAIN', 'NEWEST (SHA-256)'],
        chains.map(({ region, database, records, hashes, findings }) => [
          ...[database, region, `${records.length}`],
          ...[findings.length === 0 ? 'intact' : `${findings.length} WRONG`, hashes.at(-1) ?? '-'],
        ]),
      ),
      ...chains.flatMap(({ findings }) => findings.map(({ key, kind, text }) => `${kind}: ${key}: ${text}`)),
      ...gone.map((hash) => `missing: no record has the SHA-256 ${hash}`),
      ...(isIntact ? [] : nextSteps),
    ].join('\n'),
    isAnswer: true,
  };
}

/** For whoever is told that evidence is not what it was. */
const nextSteps = [
  'next: a record is written once, so the oldest version of an object is the true one, and what is gone may lie below a delete marker:',
  '      aws s3api list-object-versions --bucket BUCKET --prefix KEY',
  '      the other Region’s bucket has the same records: name both to have them compared',
];

/** Draws the report of the newest drills, or of one, with all history that there is. */
export async function reportEvidence(
  places: readonly string[],
  options: ReportOptions,
  now: Date = new Date(),
): Promise<Outcome> {
  const archives = await openArchives(places, options);
  const { language, timezone } = await localeOf(options);
  const out = resolve(options.out);
  if (options.dryRun) return would(`write ${out} from the evidence in`, archives);
  const chains = mergeChains(await readAll(archives));
  const records = chains.flatMap((chain) => chain.records);
  if (options.drill !== undefined && !records.some(({ drill }) => drill === options.drill)) {
    throw new FukugenError('missing', `no record is of the drill ${options.drill}`, {
      next: `the newest is ${records.at(-1)?.drill ?? 'none'}`,
    });
  }
  const page = renderReport(
    {
      policy: [...new Set(records.map(({ policy }) => policy))].join(', '),
      writtenAt: now,
      chains,
      ...(options.drill !== undefined && { drill: options.drill }),
      problems: [],
      verifyWith: `fukugen evidence verify ${archives.map(({ name }) => name).join(' ')}`,
    },
    { language, timezone },
  );
  await writeFile(out, page).catch((cause) => {
    throw new FukugenError('store', `${out} cannot be written: ${(cause as Error).message}`, { cause });
  });
  const isIntact = chains.every(({ findings }) => findings.length === 0);
  return {
    status: isIntact ? exitStatus.success : exitStatus.mismatch,
    json: { report: out, records: records.length, intact: isIntact },
    text: `${out} tells of ${records.length} records${isIntact ? '' : '; something is wrong with them: fukugen evidence verify'}`,
  };
}

async function readAll(archives: readonly Archive[]): Promise<ReadArchive[]> {
  const read = await Promise.all(
    archives.map(async (archive) => ({ archive: archive.name, chains: await readChains(archive) })),
  );
  if (read.every(({ chains }) => chains.length === 0)) {
    const where = archives.map(({ name }) => name).join(' and ');
    throw new FukugenError('missing', `there is no record of a drill in ${where}`);
  }
  return read;
}

/** Whoever was given evidence, and not the policy, reads it in English and in UTC unless told otherwise. */
async function localeOf({ config, language, timezone }: ReportOptions) {
  const loaded = await loadPolicy(process.cwd(), config).catch((error): LoadedPolicy | undefined => {
    if (config === undefined && error instanceof FukugenError && error.code === 'missing') return undefined;
    throw error;
  });
  const chosen = language ?? loaded?.policy.language ?? 'en';
  if (!isLanguage(chosen)) throw new FukugenError('usage', `--language ${chosen}: write en or ja`);
  const zone = timezone ?? loaded?.policy.cloud?.cadence.timezone ?? 'UTC';
  if (!isTimezone(zone)) throw new FukugenError('usage', `--timezone ${zone}: write one such as Asia/Tokyo`);
  return { language: chosen, timezone: zone };
}

function isLanguage(text: string): text is Language {
  return text === 'en' || text === 'ja';
}

function isTimezone(text: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: text }));
  } catch {
    return false;
  }
}

function would(what: string, archives: readonly Archive[]): Outcome {
  const text = `would ${what} ${archives.map(({ name }) => name).join(' and ')}`;
  return { status: exitStatus.success, json: { dryRun: true, text }, text, isAnswer: true };
}
