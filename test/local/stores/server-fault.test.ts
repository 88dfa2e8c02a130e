import { describe, expect, it } from '@jest/globals';
import { keptFailing, refusal } from '../../../local/stores/server-fault.ts';

describe('given the words of a program that asked a server', () => {
  // As S3 says them, and R2: restic tells the sentence without the code, rclone both.
  it.each([
    ['SignatureDoesNotMatch: SignatureDoesNotMatch\n\tstatus code: 403'],
    [
      'Fatal: client.PutObject: The request signature we calculated does not match the signature you provided. Check your secret',
    ],
    ['Fatal: The AWS Access Key Id you provided does not exist in our records.'],
    ['InvalidAccessKeyId: The access key does not exist'],
    ['Stat: Access Denied.'],
    ['AccessDenied: Access Denied\n\tstatus code: 403'],
  ])('when they are %j, then it is a refused secret', (words) => {
    const error = refusal('the server', words);
    expect(error).toMatchObject({
      code: 'secret',
      message: expect.stringMatching(/^the server refuses its keys: \w/),
      next: 'check the secrets that the policy names, and what they may do there',
    });
  });

  it.each([
    ['RequestTimeTooSkewed: RequestTimeTooSkewed\n\tstatus code: 403'],
    ['Stat: The difference between the request time and the current time is too large.'],
    ["client.PutObject: The difference between the request time and the server's time is too large."],
  ])('when they are %j, then it is the clock and no secret', (words) => {
    expect(refusal('the server', words)).toMatchObject({
      code: 'store',
      message: 'the server refuses requests of this time: the clock of this machine is wrong',
      next: expect.stringMatching(/^set the clock/),
    });
  });

  it.each(['InternalError: We encountered an internal error.', 'Stat: The specified key does not exist.', ''])(
    'when they are %j, then it refuses nothing',
    (words) => expect(refusal('the server', words)).toBeUndefined(),
  );
});

describe('given a server that goes on failing', () => {
  it('then its words are told, and that it is worth another try', () => {
    expect(keptFailing('the server', 'SlowDown')).toMatchObject({
      code: 'store',
      message: 'the server kept failing: SlowDown',
      next: 'run it again later; earlier generations are untouched',
    });
  });
});
