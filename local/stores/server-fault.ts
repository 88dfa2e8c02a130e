import { FukugenError } from '../../core/errors.ts';

/**
 * A clock that differs by more than a quarter of an hour makes every signature wrong.
 * restic tells S3's sentence alone, rclone its code too: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const wrongClock = /RequestTimeTooSkewed|difference between the request time and/;

const wrongKeys =
  /SignatureDoesNotMatch|request signature we calculated does not match|InvalidAccessKeyId|Access Key Id you provided does not exist|Access ?Denied|\b40[13] (?:Unauthorized|Forbidden)/;

/**
 * What a server says against whoever asks it: keys, or a clock.
 *
 * @param who - begins the sentence, such as `the server of the store offsite`
 * @param words - of the program that asked
 * @returns `undefined` when it says nothing of the kind
 */
export function refusal(who: string, words: string): FukugenError | undefined {
  if (wrongClock.test(words)) {
    return new FukugenError('store', `${who} refuses requests of this time: the clock of this machine is wrong`, {
      next: 'set the clock, as timedatectl set-ntp true does, and run it again; nothing was lost',
    });
  }
  const said = wrongKeys.exec(words)?.[0];
  if (said === undefined) return undefined;
  return new FukugenError('secret', `${who} refuses its keys: ${said}`, {
    next: 'check the secrets that the policy names, and what they may do there',
  });
}

/** It was asked again and again, for a minute or more. */
export function keptFailing(who: string, reason: string): FukugenError {
  return new FukugenError('store', `${who} kept failing: ${reason}`, {
    next: 'run it again later; earlier generations are untouched',
  });
}
