import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

interface Process {
  readonly id: number;
  /** Arguments separated by spaces, as `ps` shows them to everyone. */
  readonly commandLine: string;
}

/** Processes that a run of a workspace started and that are still there: the workspace's folder is in their PATH. */
export async function processesOf(home: string): Promise<Process[]> {
  const found: Process[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [environment, commandLine] = await Promise.all([read(name, 'environ'), read(name, 'cmdline')]);
    if (environment.includes(home)) found.push({ id: Number(name), commandLine: commandLine.replaceAll('\0', ' ') });
  }
  return found;
}

/** Sends a signal to a process, or to the group that a negative number names; one that has ended by itself is past it. */
export function send(signal: NodeJS.Signals, id: number): void {
  try {
    process.kill(id, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits for the end of what outlives a killed run, such as pg_restore. */
export async function childrenEnded(home: string): Promise<void> {
  await eventually(
    () => processesOf(home),
    ({ length }) => length === 0,
  );
}

/** Every command line on the machine, as anyone may read them. */
export async function commandLines(): Promise<string[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(names.map((name) => read(name, 'cmdline')));
}

/** Waits until something is so; at the deadline says what was seen last. */
export async function eventually<T>(look: () => Promise<T>, isRight: (seen: T) => boolean, seconds = 60): Promise<T> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    const seen = await look();
    if (isRight(seen)) return seen;
    if (Date.now() > deadline)
      throw new Error(`not so within ${seconds} seconds: ${JSON.stringify(seen).slice(0, 2_000)}`);
    await sleep(20);
  }
}

async function read(id: string, what: string): Promise<string> {
  return readFile(`/proc/${id}/${what}`, 'utf8').catch(() => '');
}
