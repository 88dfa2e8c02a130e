import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseSecret, type SecretReference } from '../../../core/policy/secret.ts';
import { markSecret, redact, resolveSecret } from '../../../local/system/secrets.ts';

let folder: string;
let path: string | undefined;

const secret = (text: string) => resolveSecret(parseSecret(text) as SecretReference);

async function refusal(text: string): Promise<string> {
  return secret(text).then(
    (value) => `resolved to ${value}`,
    (error) => `${error.code}: ${error.message}`,
  );
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fukugen-secrets-'));
  path = process.env.PATH;
});

afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

describe('given a secret in the environment', () => {
  it('then it is found under its name', async () => {
    process.env.FUKUGEN_TEST_SECRET = 'ひみつ in the environment';
    expect(await secret('env:FUKUGEN_TEST_SECRET')).toBe('ひみつ in the environment');
  });

  it.each([
    ['missing', undefined, 'secret: the environment variable FUKUGEN_TEST_SECRET is not set'],
    ['empty', '', 'secret: the secret env:FUKUGEN_TEST_SECRET is empty'],
  ])('when it is %s, then the variable is named', async (_what, value, message) => {
    if (value === undefined) delete process.env.FUKUGEN_TEST_SECRET;
    else process.env.FUKUGEN_TEST_SECRET = value;
    expect(await refusal('env:FUKUGEN_TEST_SECRET')).toBe(message);
  });
});

describe('given a secret in a file', () => {
  it.each(['in a file', 'in a file\n', 'in a file\r\nand a note below\n'])(
    'then the first line of %j is it',
    async (content) => {
      await writeFile(join(folder, 'password'), content);
      expect(await secret(`file:${folder}/password`)).toBe('in a file');
    },
  );

  it('when the file is missing, then it is named', async () => {
    expect(await refusal(`file:${folder}/nothing`)).toMatch(
      /^secret: the secret file .*\/nothing cannot be read: ENOENT/,
    );
  });

  it('when its first line is empty, then that is said', async () => {
    await writeFile(join(folder, 'password'), '\nsecond line');
    expect(await refusal(`file:${folder}/password`)).toMatch(/^secret: the secret file:.*\/password is empty$/);
  });
});

describe('given a secret that a program prints', () => {
  it('then its first line is the secret, and quoted arguments stay whole', async () => {
    expect(await secret(`command:printf '%s\\n%s' 'two words' second`)).toBe('two words');
  });

  it('then no shell reads the command', async () => {
    const trap = join(folder, 'trap');
    expect(
      await secret(`command:echo $(touch ${trap}) ; touch ${trap} | touch ${trap} && touch ${trap} > ${trap}`),
    ).toBe(`$(touch ${trap}) ; touch ${trap} | touch ${trap} && touch ${trap} > ${trap}`);
    expect(await secret('command:echo $(id) $HOME `id` *')).toBe('$(id) $HOME `id` *');
    expect(await readdir(folder)).toEqual([]);
  });

  it('when it fails, then what it printed is never quoted, its reason is', async () => {
    const program = join(folder, 'keeper');
    await writeFile(program, '#!/bin/sh\necho half-a-secret\necho "the safe is locked" >&2\nexit 3\n');
    await chmod(program, 0o755);
    expect(await refusal(`command:${program}`)).toBe(`secret: command:${program} gave no secret: the safe is locked`);
  });

  it('when it fails without a word, then its status is told', async () => {
    expect(await refusal('command:false')).toBe('secret: command:false gave no secret: exit status 1');
  });

  it('when the program is not there, then that is told', async () => {
    expect(await refusal('command:no-such-program --please')).toBe(
      'secret: command:no-such-program --please gave no secret: there is no program no-such-program here',
    );
  });

  it('when it prints nothing, then that is said', async () => {
    expect(await refusal('command:true')).toBe('secret: the secret command:true is empty');
  });
});

describe('given a secret in the keychain', () => {
  it('when this machine has no keychain, then the place is named', async () => {
    process.env.PATH = folder;
    expect(await refusal('keychain:fukugen/restic')).toMatch(
      /^secret: keychain:fukugen\/restic gave no secret: there is no program (secret-tool|security) here$/,
    );
  });
});

describe('given secrets that were seen', () => {
  it('then none is left in a text, neither as it is nor as it stands in a URL, the longest first', () => {
    for (const value of ['p@ss/wörd', 'p@ss/wörd and more', '']) markSecret(value);
    expect(redact('postgres://u:p%40ss%2Fw%C3%B6rd@host and "p@ss/wörd and more", p@ss/wörd.')).toBe(
      'postgres://u:[secret]@host and "[secret]", [secret].',
    );
  });
});
