import { describe, expect, it } from '@jest/globals';
import { parsePolicy } from '../../../../core/policy/index.ts';

function parse(source: unknown) {
  const stores = { disk: { kind: 'generations', path: '~/x' } };
  return parsePolicy({ name: 'tested', local: { sources: { one: source }, stores } }).local?.sources.one;
}

describe('given a source of files', () => {
  it.each([
    ['.env', true],
    ['app/.env.production', true],
    ['certs/server.pem', true],
    ['~/tls/private.key', true],
    ['docker-compose.yml', false],
    ['environment.yml', false],
    ['keys.txt', false],
    [{ path: '.env.example', secret: false }, false],
    [{ path: 'token', secret: true }, true],
  ])('when %j is named, then secret is %j', (file, secret) => {
    expect(parse({ kind: 'files', files: [file] })).toMatchObject({ files: [{ secret }], allowPlain: false });
  });

  it.each([
    [[], /local\.sources\.one\.files: received a list of 0; name at least one file/],
    [['a', 'b', 'a'], /local\.sources\.one\.files: received a list of 3; name each file once/],
    [[3], /local\.sources\.one\.files\.0: received 3; write a text or an object/],
    [
      [{ path: 'a', scret: true }],
      /local\.sources\.one\.files\.0\.scret: there is no such key; check its spelling or remove it/,
    ],
  ])('when they are %j, then it says what would be right', (files, message) => {
    expect(() => parse({ kind: 'files', files })).toThrow(message);
  });
});

describe('given a source that is a command', () => {
  it('when only program and output are given, then the rest has its defaults', () => {
    const source = parse({ kind: 'command', command: ['brew', 'list'], output: 'brew.txt' });
    expect(source).toMatchObject({ folder: '.', environment: {}, compress: 'zstd', secret: false });
    expect(JSON.parse(JSON.stringify(source))).toMatchObject({ minSize: '1B', timeout: '1h' });
  });

  it.each([
    [{ command: [] }, /command: received a list of 0; write a program and its arguments/],
    [{ command: ['', 'x'] }, /command: received a list of 2; the first item is the program, and it is empty/],
    [{ command: 'brew list' }, /command: received "brew list"; write a list/],
    [{ environment: { 'a-b': 'env:X' } }, /environment.*write the name of an environment variable/],
    [{ environment: { TOKEN: 'hunter2' } }, /environment\.TOKEN: received a value that is not shown/],
    [{ timeout: '0s' }, /timeout: received "0s"; write a duration such as 3h, 14d or 8w, at least 1s and at most 7d/],
    [{ minSize: 'big' }, /minSize: received "big"; write a size such as 100GB or 512MiB/],
    [{ output: undefined }, /output: received nothing; write a text/],
  ])('when it has %j, then it says what would be right', (wrong, message) => {
    expect(() => parse({ kind: 'command', command: ['x'], output: 'y', ...wrong })).toThrow(message);
  });
});
