import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { execa } from 'execa';
import parseArguments from 'string-argv';
import { FukugenError } from '../../core/errors.ts';
import { type SecretReference, secretText } from '../../core/policy/index.ts';

/** Every secret this process has seen, so that no message, log or record can hold one by accident. */
const seen = new Set<string>();

/** Takes known secrets out of a text before anyone reads it. */
export function redact(text: string): string {
  let clean = text;
  for (const secret of [...seen].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(secret, '[secret]');
  return clean;
}

/** Registers a value, and its form inside a URL, as never to be printed. */
export function markSecret(value: string): void {
  if (value === '') return;
  seen.add(value);
  seen.add(encodeURIComponent(value));
}

/**
 * Looks a secret up where the policy says it is.
 *
 * @throws FukugenError `secret` naming the place, never the value
 */
export async function resolveSecret(reference: SecretReference): Promise<string> {
  const value = await lookUp(reference);
  if (value === '') throw new FukugenError('secret', `the secret ${secretText(reference)} is empty`);
  markSecret(value);
  return value;
}

async function lookUp(reference: SecretReference): Promise<string> {
  switch (reference.from) {
    case 'env': {
      const value = process.env[reference.name];
      if (value === undefined) {
        throw new FukugenError('secret', `the environment variable ${reference.name} is not set`, {
          next: `export ${reference.name}=… before the command, or name another place in the policy`,
        });
      }
      return value;
    }
    case 'file': {
      const file = reference.path.replace(/^~(?=\/)/, homedir());
      try {
        return firstLine(await readFile(file, 'utf8'));
      } catch (cause) {
        throw new FukugenError('secret', `the secret file ${file} cannot be read: ${(cause as Error).message}`, {
          cause,
          next: 'put the secret on its first line, readable by you alone, or name another place in the policy',
        });
      }
    }
    case 'command': {
      const [program, ...args] = parseArguments(reference.command);
      return printedBy(reference, program as string, args);
    }
    case 'keychain':
      return process.platform === 'darwin'
        ? printedBy(reference, 'security', [
            'find-generic-password',
            '-s',
            reference.service,
            '-a',
            reference.account,
            '-w',
          ])
        : printedBy(reference, 'secret-tool', ['lookup', 'service', reference.service, 'account', reference.account]);
  }
}

/** Its standard error may be quoted; its standard output is the secret and never is. */
async function printedBy(reference: SecretReference, program: string, args: readonly string[]): Promise<string> {
  const result = await execa(program, args, { reject: false, stdin: 'ignore', timeout: 60_000 });
  if (!result.failed) return firstLine(result.stdout);
  if (result.code === 'ENOENT') {
    throw new FukugenError('secret', `${secretText(reference)} gave no secret: there is no program ${program} here`, {
      next: `install ${program}, or name another place in the policy, such as file:~/.config/fukugen/password`,
    });
  }
  const reason = result.timedOut
    ? 'no answer within a minute'
    : result.stderr || `exit status ${result.exitCode ?? result.code}`;
  throw new FukugenError('secret', `${secretText(reference)} gave no secret: ${reason.split('\n')[0]}`);
}

function firstLine(text: string): string {
  return text.split(/\r?\n/)[0] ?? '';
}
