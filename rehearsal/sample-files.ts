import { createCipheriv, createHash } from 'node:crypto';
import { chmod, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** One regular file. */
interface SampleFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly content: string | Buffer;
  /** Permission bits, @default 0o644 */
  readonly mode?: number;
}

/**
 * Fills a folder, made if need be, with what a developer keeps: a checkout, an Obsidian vault, pictures, transcripts, secrets,
 * links, empty folders and names that trip a careless script. The same content, permissions and times at each call.
 *
 * @returns regular files and their bytes together; about 300 and 5 MB
 */
export async function buildSampleFiles(folder: string): Promise<{ readonly files: number; readonly bytes: number }> {
  let files = 0;
  let bytes = 0;
  for (const path of emptyFolders) await mkdir(join(folder, path), { recursive: true });
  for (const { path, content, mode = 0o644 } of sampleFiles()) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await chmod(file, mode);
    await utimes(file, new Date(0), new Date(Date.UTC(2026, 0, 1) + (number(path) % 15_000_000) * 1_000));
    files += 1;
    bytes += Buffer.byteLength(content);
  }
  for (const [path, target] of Object.entries(symlinks)) await symlink(target, join(folder, path));
  return { files, bytes };
}

const emptyFolders = ['Downloads', 'vault/テンプレート', 'projects/hoshizora-web/tmp/cache'];

const symlinks: Readonly<Record<string, string>> = {
  'current-project': 'projects/hoshizora-web',
  'projects/hoshizora-web/.env.local': '.env',
  'vault/添付/最新.png': '../../pictures/IMG_0001.jpg',
  'pictures/moved away': '../no longer here',
  'projects/hoshizora-web/tmp/up': '..',
};

function* sampleFiles(): Generator<SampleFile> {
  yield* checkout('projects/hoshizora-web');
  yield* vault();
  for (let n = 1; n <= 12; n += 1) {
    const header = Buffer.from('ffd8ffe000104a46494600010100', 'hex');
    const path = `pictures/IMG_${String(n).padStart(4, '0')}.jpg`;
    yield { path, content: Buffer.concat([header, noise(path, 250_000 + (number(path) % 60_000))]) };
  }
  for (let n = 1; n <= 30; n += 1) {
    const path = `transcripts/2026-${String(1 + (n % 6)).padStart(2, '0')}/session-${hex(`transcript ${n}`).slice(0, 8)}.jsonl`;
    const lines = sequence(150 + n * 5, (line) =>
      JSON.stringify({
        at: 1_767_225_600 + n * 86_400 + line * 7,
        role: line % 2 ? 'assistant' : 'user',
        text: sentence(`${n}/${line}`),
      }),
    );
    yield { path, content: `${lines.join('\n')}\n` };
  }
  yield { path: 'notes.txt', content: '買い物: 牛乳、卵\n' };
  yield { path: `it's "quoted" & $HOME; echo.txt`, content: 'A name for careless scripts.\n' };
  yield { path: 'two\nlines.txt', content: 'A name of two lines.\n' };
  yield { path: ' leading and trailing space ', content: 'Trimmed by whoever reads lists of names.\n' };
  yield { path: '-rf', content: 'Looks like an option.\n' };
  yield { path: 'back\\slash 100%.txt', content: 'Escaped once too often.\n' };
  // か and a combining mark: another name than the composed が, though it looks alike. macOS writes names so.
  yield { path: 'か\u3099くふ.txt', content: '楽譜\n' };
  yield { path: 'empty', content: '' };
  yield { path: 'no newline at the end', content: 'end' };
  yield { path: 'read only.txt', content: 'Not to be written again.\n', mode: 0o444 };
}

function* checkout(root: string): Generator<SampleFile> {
  yield {
    path: `${root}/package.json`,
    content: '{\n  "name": "hoshizora-web",\n  "private": true,\n  "type": "module"\n}\n',
  };
  yield { path: `${root}/.gitignore`, content: 'node_modules/\ntmp/\n.env*\n' };
  const secrets = `DATABASE_URL=postgres://app:${hex('password').slice(0, 20)}@localhost/hoshizora\nSTRIPE_KEY="sk_test_${hex('stripe')}"\n`;
  yield { path: `${root}/.env`, content: secrets, mode: 0o600 };
  yield { path: `${root}/bin/deploy`, content: '#!/bin/sh\nset -eu\nexec node bin/deploy.js "$@"\n', mode: 0o755 };
  yield { path: `${root}/.git/HEAD`, content: 'ref: refs/heads/main\n' };
  yield { path: `${root}/.git/refs/heads/main`, content: `${hex('main').slice(0, 40)}\n` };
  for (let n = 0; n < 60; n += 1) {
    const name = hex(`object ${n}`).slice(0, 40);
    yield {
      path: `${root}/.git/objects/${name.slice(0, 2)}/${name.slice(2)}`,
      content: Buffer.concat([Buffer.from('789c', 'hex'), noise(name, 100 + (n % 9) * 90)]),
      mode: 0o444,
    };
  }
  for (let n = 0; n < 80; n += 1) {
    const area = ['orders', 'billing', 'documents', 'users'][n % 4] as string;
    const functions = sequence(6 + (n % 11), (k) => {
      const name = `step${hex(`${n} ${k}`).slice(0, 6)}`;
      return `/** ${sentence(`${n}:${k}`)} */\nexport function ${name}(value: number): number {\n  return value * ${number(name) % 997} + ${k};\n}\n`;
    });
    yield { path: `${root}/src/${area}/${area}-${n}.ts`, content: functions.join('\n') };
  }
  for (let n = 0; n < 25; n += 1) {
    yield {
      path: `${root}/node_modules/package-${n}/index.js`,
      content: `module.exports = ${number(`package ${n}`)};\n`,
    };
  }
}

function* vault(): Generator<SampleFile> {
  yield { path: 'vault/.obsidian/app.json', content: '{"promptDelete":false,"alwaysUpdateLinks":true}\n' };
  for (let n = 0; n < 60; n += 1) {
    const day = new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
    const lines = sequence(5 + (n % 20), (line) => `- [${line % 3 ? ' ' : 'x'}] ${sentence(`${day} ${line}`)}`);
    yield { path: `vault/日記/${day}.md`, content: `# ${day}\n\n${lines.join('\n')}\n\n[[復元の手順]] #日記\n` };
  }
  for (const [n, name] of [
    '復元の手順',
    '読書メモ 「失敗の本質」',
    '会議 (定例)',
    'アイデア💡',
    'ＡＢＣ 全角',
    '予算 2026年度',
  ].entries()) {
    yield {
      path: `vault/ノート/${name}.md`,
      content: `# ${name}\n\n${sequence(40, (line) => sentence(`${n} ${line}`)).join('\n')}\n`,
    };
  }
  yield {
    path: 'vault/添付/図 1.png',
    content: Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), noise('図 1', 40_000)]),
  };
}

const words =
  '復元 手順 在庫 請求書 会議 画面 確認 修正 来週 担当 deploy review index 遅い 直す 調べる 共有 顧客 注文 期限 写真 契約'.split(
    ' ',
  );

function sentence(seed: string): string {
  const digest = createHash('sha256').update(seed).digest();
  return `${[...digest.subarray(0, 18)].map((byte) => words[byte % words.length]).join('')} (${digest.toString('hex', 18, 26)})`;
}

function sequence<T>(length: number, item: (n: number) => T): T[] {
  return Array.from({ length }, (_, n) => item(n));
}

function hex(seed: string): string {
  return createHash('sha256').update(seed).digest('hex');
}

/** 0 to 2³² − 1. */
function number(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE();
}

/** Bytes that no compression makes smaller: a cipher's key stream. */
function noise(seed: string, length: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
