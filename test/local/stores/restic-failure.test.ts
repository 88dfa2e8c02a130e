import { describe, expect, it } from '@jest/globals';
import { resticFailure } from '../../../local/stores/restic-failure.ts';

const repository = 's3:http://host/bucket';

describe('given what restic said when it failed', () => {
  it.each([
    [
      'Fatal: unable to open config file: Stat: Get "http://host/bucket/?location=": Connection closed by foreign host http://host/bucket/?location=. Retry again.',
      'store',
      'the server of the store offsite does not speak http at this address',
      /begin with https:/,
    ],
    [
      'Fatal: unable to open config file: client.GetObject: Bucket name cannot be empty',
      'store',
      'the address of the server of the store offsite is none: Bucket name cannot be empty',
      /s3:https:/,
    ],
    [
      'Load(<data/0a>, 0, 0) returned error, retrying after 5s: connection refused\nerror while unlocking: EOFFatal: unable to save snapshot: connection refused',
      'store',
      'the server of the store offsite kept failing: unable to save snapshot: connection refused',
      /run it again later/,
    ],
    [
      'Load(<data/0a>, 0, 0) returned error, retrying after 5s: <data/0a> does not exist\nignoring error for /a: <data/0a> does not exist\nFatal: There were 1 errors',
      'mismatch',
      'the repository of the store offsite lacks data: /a: <data/0a> does not exist',
      /--at another generation/,
    ],
    // The first word was the password, and is taken out.
    [
      'Fatal: [secret] password or no key found',
      'secret',
      'the repository of the store offsite does not open with this password',
      /password/,
    ],
  ])('when it is %j, then it is the error %s, with a way on', (stderr, code, message, next) => {
    expect(resticFailure('offsite', repository, 'backup', { status: 1, stderr })).toMatchObject({
      code,
      message,
      next: expect.stringMatching(next),
    });
  });
});
