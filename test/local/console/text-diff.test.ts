import { describe, expect, it } from '@jest/globals';
import { textDiff } from '../../../local/console/text-diff.ts';
import { markSecret } from '../../../local/system/secrets.ts';

const diff = (before: string | Buffer, after: string | Buffer, isSecret = false) =>
  textDiff('file', Buffer.from(before), Buffer.from(after), isSecret);

describe('given two texts', () => {
  it('when they are the same, then there is nothing to show', () => {
    expect(diff('a\nb\n', 'a\nb\n')).toBe('');
  });

  it('when a line differs, then it is shown among its neighbours, as a unified diff', () => {
    expect(diff('a\nb\nc\n', 'a\nB\nc\n')).toMatch(
      /^--- file\tas it is\n\+\+\+ file\tas backed up\n@@ -1,3 \+1,3 @@\n a\n-b\n\+B\n c$/m,
    );
  });

  it('when one has no line end, then that is shown', () => {
    expect(diff('a', 'a\n')).toMatch(/No newline at end of file/);
  });

  it('when they are no text, then only their sizes are told', () => {
    expect(diff('a\0b', 'abc\0d')).toBe('file: 3 bytes become 5 other ones');
    expect(diff('a', Buffer.alloc(2_000_000, 'x'))).toBe('file: 1 bytes become 2000000 other ones');
  });
});

describe('given a file of secrets', () => {
  it.each([
    ['KEY=old', 'KEY=new', '-KEY=[secret]\n+KEY=[secret]'],
    ['export KEY="old"', 'export KEY="new"', '-export KEY=[secret]\n+export KEY=[secret]'],
    ['#KEY=old', 'KEY=new', '-#KEY=[secret]\n+KEY=[secret]'],
    ['key: old', 'key: new', '-key: [secret]\n+key: [secret]'],
    ['MIIEvold', 'MIIEvnew', '-[secret]\n+[secret]'],
    ['# old words', '# new words', '-[secret]\n+[secret]'],
  ])('when %s becomes %s, then no value is shown', (before, after, shown) => {
    const text = diff(`${before}\n`, `${after}\n`, true);
    expect(text).toContain(shown);
    expect(text).not.toMatch(/\b(old|new)\b/);
  });
});

describe('given a file that is not secret as a whole', () => {
  it.each([
    ['POSTGRES_PASSWORD: old'],
    ['      - API_KEY=old'],
    ['  "auth_token": "old"'],
    ['DATABASE_URL=postgres://u:old@h/d'],
  ])('when a line is %s, then its value is not shown', (line) => {
    expect(diff(`${line}\n`, 'x\n')).not.toMatch(/old/);
  });

  it('when a line names no secret, then it is shown as it is', () => {
    expect(diff('image: postgres:15\n', 'image: postgres:16\n')).toMatch(/-image: postgres:15\n\+image: postgres:16/);
  });

  it('when a secret that this process knows stands in it, then it is taken out', () => {
    markSecret('known by heart');
    expect(diff('motto: known by heart\n', 'x\n')).toMatch(/-motto: \[secret\]/);
  });
});
