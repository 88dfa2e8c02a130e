import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

/**
 * An answer that is too large as it stands: Lambda hands 6 MB on (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html),
 * and the schema of 5,000 tables is 9 MB. Packed, it is a fifteenth of that.
 */
export interface PackedAnswer {
  /** JSON, packed and in Base64. */
  readonly gzip: string;
}

/** Characters; JSON in which each takes more than one byte is packed early enough too. */
const mostCharacters = 1_500_000;

export async function packed<Answer extends object>(answer: Answer): Promise<Answer | PackedAnswer> {
  const text = JSON.stringify(answer);
  if (text.length <= mostCharacters) return answer;
  return { gzip: (await promisify(gzip)(text)).toString('base64') };
}

export async function unpacked(answer: object): Promise<unknown> {
  if (!('gzip' in answer) || typeof answer.gzip !== 'string') return answer;
  return JSON.parse((await promisify(gunzip)(Buffer.from(answer.gzip, 'base64'))).toString());
}
