import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { FukugenError } from '../../core/errors.ts';
import type { Duration, SecretReference, Size, SourcePolicy } from '../../core/policy/index.ts';
import { bytesText } from '../console/table.ts';
import { writeEntries } from '../generation/entry.ts';
import { type CommandDetail, type SourceRecord, sourceLayout } from '../generation/manifest.ts';
import { recordTree } from '../generation/record-tree.ts';
import { exists, moving, namesBeside, swapFile } from '../system/file-swap.ts';
import { policyPath } from '../system/folders.ts';
import type { RunContext } from '../system/run-context.ts';
import { programOutput } from '../system/run-program.ts';
import { resolveSecret } from '../system/secrets.ts';
import { isSystemError, storeFailure } from '../system/store-failure.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import type { Beside, CaptureContext, Captured, Plan, Proof } from './source.ts';

type CommandPolicy = Extract<SourcePolicy, { kind: 'command' }>;

/** What a program prints. */
export interface Command {
  readonly command: readonly string[];
  /** Where it runs, absolute. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, SecretReference>>;
  readonly minSize: Size;
  readonly timeout: Duration;
  readonly compress: 'zstd' | 'none';
  /** Where a restore puts what was printed, absolute. */
  readonly output: string;
}

export function settingsOf(policy: CommandPolicy, policyFile: string): Command {
  const { command, environment, minSize, timeout, compress } = policy;
  const [folder, output] = [policyPath(policy.folder, policyFile), policyPath(policy.output, policyFile)];
  return { command, folder, environment, minSize, timeout, compress, output };
}

export async function plan({ command }: Command): Promise<Plan> {
  return { text: `what ${command[0]} prints` };
}

/** A program that fails, prints too little or takes too long is no source: its half output never becomes a generation. */
export async function capture(settings: Command, context: CaptureContext): Promise<Captured> {
  const capturedAt = new Date().toISOString();
  const data = join(context.folder, sourceLayout.data);
  await mkdir(data, { mode: 0o700 });
  const stored = settings.compress === 'zstd' ? 'output.zst' : 'output';
  const { bytes, sha256 } = await run(settings, join(data, stored), context.signal);
  const files = await writeEntries(join(context.folder, sourceLayout.files), await recordTree(data, context.earlier));
  const program = settings.command[0] as string;
  const detail: CommandDetail = { kind: 'command', program, stored, bytes, sha256 };
  return { kind: 'command', capturedAt, files, problems: [], detail };
}

interface Printed {
  readonly bytes: number;
  readonly sha256: string;
}

async function run(settings: Command, into: string, signal: AbortSignal): Promise<Printed> {
  const { command, folder, minSize, timeout, compress } = settings;
  const environment: Record<string, string> = {};
  for (const [name, secret] of Object.entries(settings.environment)) environment[name] = await resolveSecret(secret);
  const [program, ...args] = command as [string, ...string[]];
  const meter = new Meter();
  await programOutput(program, args, { environment, folder, signal, timeout: timeout.seconds }, async (output) => {
    const file = createWriteStream(into, { flags: 'wx', mode: 0o600 });
    const stages = compress === 'zstd' ? [output, meter, createZstdCompress(), file] : [output, meter, file];
    await pipeline(stages).catch((cause) => {
      throw isSystemError(cause) ? storeFailure(cause, 'the store') : cause;
    });
  });
  const { bytes, sha256 } = meter.printed();
  if (bytes < minSize.bytes) {
    throw new FukugenError('source', `${program} printed ${bytesText(bytes)}, less than minSize: ${minSize}`, {
      next: 'run it by hand; when so little is right, write a smaller minSize in the policy',
    });
  }
  return { bytes, sha256 };
}

/** Counts and hashes what goes through. */
class Meter extends Transform {
  private readonly hash: Hash = createHash('sha256');
  private bytes = 0;

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.hash.update(chunk);
    this.bytes += chunk.length;
    done(null, chunk);
  }

  printed(): Printed {
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}

/** Decompresses what is stored and compares it with what was printed. */
export async function prove(folder: string, record: SourceRecord): Promise<Proof> {
  await using scratch = await temporaryFolder('a proof');
  return await restoreAndCompare(folder, record, join(scratch.path, 'output'));
}

/** Runs the program again; what prints the time differs by its nature. */
export async function compare(
  settings: Command,
  _folder: string,
  record: SourceRecord,
  context: RunContext,
): Promise<Proof> {
  await using scratch = await temporaryFolder('a comparison');
  return proofOf(record, await run(settings, join(scratch.path, 'output'), context.signal), 'prints');
}

export async function restoreBeside({ output }: Command, folder: string, record: SourceRecord): Promise<Beside> {
  const { restored, kept } = namesBeside(output);
  await mkdir(dirname(output), { recursive: true });
  const discard = () => rm(restored, { force: true });
  const proof = await restoreAndCompare(folder, record, restored).catch(async (error) => {
    await discard();
    throw error;
  });
  const old = (await exists(output)) ? kept : undefined;
  return {
    name: restored,
    proof,
    replaces: [{ live: output, restored, kept: old }],
    question: old
      ? `Put it in place of ${output} and keep what is there now as ${old}?`
      : `Put it in place as ${output}?`,
    swap: async () => {
      await swapFile(restored, output, old);
      return { inPlace: output, kept: old, undo: old ? [moving(output, restored), moving(old, output)] : [] };
    },
    discard,
  };
}

async function restoreAndCompare(folder: string, record: SourceRecord, into: string): Promise<Proof> {
  const { stored } = record.detail as CommandDetail;
  const meter = new Meter();
  const input = createReadStream(join(folder, sourceLayout.data, stored));
  const file = createWriteStream(into, { flags: 'wx', mode: 0o600, flush: true });
  try {
    await pipeline(stored.endsWith('.zst') ? [input, createZstdDecompress(), meter, file] : [input, meter, file]);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).path === into) throw storeFailure(cause, into);
    throw new FukugenError('mismatch', `the backup is damaged: ${stored}: ${(cause as Error).message}`, { cause });
  }
  return proofOf(record, meter.printed(), 'has');
}

function proofOf(record: SourceRecord, found: Printed, verb: string): Proof {
  const { bytes, sha256 } = record.detail as CommandDetail;
  const isSame = found.sha256 === sha256;
  const difference = found.bytes === bytes ? 'the same number, but other ones' : `it ${verb} ${found.bytes}`;
  return {
    verdict: isSame ? 'identical' : 'different',
    text: `${bytes} bytes printed: ${isSame ? 'identical' : difference}`,
    detail: { recorded: { bytes, sha256 }, found },
  };
}
