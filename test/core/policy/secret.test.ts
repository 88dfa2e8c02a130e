import { describe, expect, test } from '@jest/globals';
import { parseSecret, secretText } from '../../../core/policy/secret.ts';

describe('secret reference', () => {
  test.each([
    'env:DATABASE_URL',
    'file:/run/secrets/db',
    'file:~/.pw',
    'command:op read op://vault/db',
    'keychain:fukugen/r2',
  ])('%s is read and written out the same', (text) => {
    const reference = parseSecret(text);
    expect(reference).toBeDefined();
    expect(reference && secretText(reference)).toBe(text);
  });

  test.each([
    'hunter2',
    'env:',
    'env:2X',
    'env:A B',
    'file:relative',
    'file:',
    'command:',
    'command: ',
    'keychain:x',
    'vault:x',
    'postgres://u:p@h/d',
  ])('%j is none', (text) => {
    expect(parseSecret(text)).toBeUndefined();
  });
});
