import { FukugenError } from '../../core/errors.ts';
import { jsonLine } from '../system/json-line.ts';
import type { ProgramResult } from '../system/run-program.ts';
import { diskFault } from './disk-fault.ts';
import { keptFailing, refusal } from './server-fault.ts';

type Failed = Pick<ProgramResult, 'status' | 'stderr'>;

/** Statuses that restic ends with; any other means that it did not end by itself. */
export const resticStatuses = [0, 1, 3, 10, 11, 12] as const;

/** Of data that was there: no server and no waiting brings it. */
const lostData =
  /does not exist|no such file or directory|verification failed|invalid hash|hash mismatch|unexpected EOF/;

/** Whether a line of restic's tells of data that is gone or damaged. */
export function isLoss(line: string): boolean {
  return lostData.test(line);
}

/** Of one file or folder of a restore: restic goes on with the next. */
export const fileFailure = /^ignoring error for (.*)$/m;

/** By another restic, so that this one has done nothing. */
export function isLocked({ status, stderr }: Failed): boolean {
  return status === 11 || (status !== 0 && /repository is already locked/.test(stderr));
}

/**
 * Exit statuses 10 to 12 came with 0.17; before, everything is 1 and the words must do.
 *
 * @param store - its name in the policy
 * @param verb - what restic was told to do
 */
export function resticFailure(store: string, repository: string, verb: string, failed: Failed): FukugenError {
  const { status, stderr } = failed;
  // Of a wrong password: the first word may be taken out as a secret, when it is the password.
  if (status === 12 || /password or no key found/.test(stderr)) {
    return new FukugenError('secret', `the repository of the store ${store} does not open with this password`, {
      next: 'check the secret that the policy names as its password; nothing was changed',
    });
  }
  const server = `the server of the store ${store}`;
  const refused =
    refusal(server, stderr) ??
    diskFault(verb === 'restore' ? 'the temporary folder' : `the store ${store}`, stderr) ??
    withoutWayIn(server, repository, stderr);
  if (refused) return refused;
  const reason = /unable to open config file: (?:Stat: )?(.*)/.exec(stderr)?.[1];
  // A server that fails says nothing about whether the repository is there.
  if (reason && isServed(repository) && !/does not exist|\b404\b/.test(reason)) return keptFailing(server, reason);
  if (status === 10 || /Is there a repository at the following location/.test(stderr)) {
    return new FukugenError(
      'missing',
      `the store ${store} has no restic repository yet, or it cannot be reached${reason ? `: ${reason}` : ''}`,
      {
        next: `fukugen init ${store} makes it, when the address is right`,
      },
    );
  }
  if (isLocked(failed)) {
    return new FukugenError('locked', `the repository of the store ${store} is locked by another restic`, {
      next: 'wait for it to end; when its process is gone, restic unlock removes the lock',
    });
  }
  if (/returned error, retrying after/.test(stderr)) {
    // A restore goes on with the next file, and counts them at its end. What a Fatal follows may have had no end of line.
    const [, said] = fileFailure.exec(stderr) ?? /Fatal: (.*)$/m.exec(stderr) ?? [];
    const words = said ?? (stderr.trim().split('\n').at(-1) as string);
    return isLoss(words) ? lacksData(store, words) : keptFailing(server, words);
  }
  return new FukugenError(
    'store',
    `restic ${verb} failed for the store ${store} with status ${status}: ${lastWords(stderr)}`,
  );
}

function lacksData(store: string, reason: string): FukugenError {
  return new FukugenError('mismatch', `the repository of the store ${store} lacks data: ${reason}`, {
    next: 'fukugen list, then --at another generation or --store another store',
  });
}

/** As Go's client says it of a server without TLS, a server of one without, and S3's client of one that hangs up. */
const otherScheme =
  /server gave HTTP response to HTTPS client|\b400 Bad Request\b|Connection closed by foreign host http:/;

/** The ways to a server that no waiting opens. */
function withoutWayIn(server: string, repository: string, stderr: string): FukugenError | undefined {
  const certificate = /x509: .*/.exec(stderr)?.[0];
  if (certificate !== undefined) {
    return new FukugenError('store', `the certificate of ${server} is not trusted: ${certificate}`, {
      next: 'when the server is yours, name the PEM file of its authority as caCertificate in the policy',
    });
  }
  const bucket = /Bucket name .*/.exec(stderr)?.[0];
  if (bucket !== undefined) {
    return new FukugenError('store', `the address of ${server} is none: ${bucket}`, {
      next: 'write the repository in the policy as s3:https://host/bucket/folder',
    });
  }
  if (otherScheme.test(stderr)) {
    const [spoken, other] = /^\w+:http:/.test(repository) ? ['http', 'https'] : ['https', 'http'];
    return new FukugenError('store', `${server} does not speak ${spoken} at this address`, {
      next: `check the repository's address in the policy: it may have to begin with ${other}://, or have another port`,
    });
  }
  if (/unable to start the sftp session/.test(stderr)) {
    // restic does not always wait for them.
    const words = [...stderr.matchAll(/^subprocess ssh: (?:ssh: )?(.*)$/gm)].at(-1)?.[1];
    return new FukugenError('store', `ssh does not reach ${server}${words === undefined ? '' : `: ${words}`}`, {
      next: 'try the same address with ssh by hand; it must open without a question',
    });
  }
  return undefined;
}

/** Over HTTP, by a server that may have a bad day. */
function isServed(repository: string): boolean {
  return /^(s3|rest):/.test(repository);
}

/** Some failures come with the stack of the Go program: names without a blank, places after a tab. */
function lastWords(stderr: string): string {
  const said = stderr
    .split('\n')
    .map(wordsIn)
    .filter((line) => /^\S+\s/.test(line));
  return said.slice(-5).join('\n');
}

/** Asked for JSON, newer versions fail in JSON too. */
function wordsIn(line: string): string {
  return jsonLine<{ readonly message: string }>(line)?.message ?? line;
}
