import {
  InsufficientDBClusterCapacityFault,
  InsufficientDBInstanceCapacityFault,
  InsufficientStorageClusterCapacityFault,
  InvalidDBClusterStateFault,
  InvalidDBInstanceStateFault,
  KMSKeyNotAccessibleFault,
} from '@aws-sdk/client-rds';
import { describe, expect, test } from '@jest/globals';
import { explained, isTransient, operatorError } from '../../../lambda/operator/errors.ts';

const named = (name: string, more: object = {}) => Object.assign(new Error('said so'), { name, ...more });
const fault = { message: 'said so', $metadata: {} };

describe('what is worth another try', () => {
  test.each([
    named('Throttling'),
    named('ThrottlingException'),
    named('ThrottledException'),
    named('RequestLimitExceeded'),
    named('TooManyRequestsException'),
    named('SlowDown'),
    named('TimeoutError'),
    named('Error', { code: 'ECONNRESET' }),
    named('InternalFailure', { $fault: 'server' }),
    named('ServiceUnavailable', { $metadata: { httpStatusCode: 503 } }),
    named('Anything', { $metadata: { httpStatusCode: 429 } }),
    named('ConditionalRequestConflict', { $metadata: { httpStatusCode: 409 } }),
    new InvalidDBInstanceStateFault(fault),
    new InvalidDBClusterStateFault(fault),
    named('InvalidDBSnapshotState'),
    new InsufficientDBInstanceCapacityFault(fault),
    new InsufficientDBClusterCapacityFault(fault),
    new InsufficientStorageClusterCapacityFault(fault),
  ])('%s', (error) => {
    expect(isTransient(error)).toBe(true);
    expect(explained('restore', error)).toMatchObject({ name: 'NotYet' });
  });

  test.each([
    named('AccessDenied', { $fault: 'client', $metadata: { httpStatusCode: 403 } }),
    named('InvalidParameterValue', { $metadata: { httpStatusCode: 400 } }),
    new KMSKeyNotAccessibleFault(fault),
    new TypeError('of ours'),
    'not even an error',
  ])('%s is not', (error) => {
    expect(isTransient(error)).toBe(false);
    expect(explained('restore', error).name).not.toBe('NotYet');
  });
});

describe('what leaves the function', () => {
  test('begins with the step and keeps the name of AWS', () => {
    expect(explained('take-over', new KMSKeyNotAccessibleFault(fault))).toMatchObject({
      name: 'KMSKeyNotAccessibleFault',
      message: 'take-over: KMSKeyNotAccessibleFault: said so',
    });
  });

  test('of the operator itself is a sentence', () => {
    const error = explained('restore', operatorError('NothingToRestore', 'the vault is empty'));
    expect(error).toMatchObject({ name: 'NothingToRestore', message: 'restore: the vault is empty' });
  });

  test('of no error at all is what was thrown', () => {
    expect(explained('restore', 'out of the blue')).toMatchObject({
      name: 'Error',
      message: 'restore: out of the blue',
    });
  });
});
