import { spawn } from 'node:child_process';

/** A file system of its own, so that filling it harms nobody; it exists in a mount namespace and ends with its keeper. */
export interface SmallDisk extends AsyncDisposable {
  /** What to run a program through that shall see the disk. */
  readonly through: readonly string[];
  /** The path under which everybody else sees it. */
  seenAt(path: string): string;
}

/**
 * @param home - where programs run
 * @param folder - an existing folder, where the disk is mounted for those who look through its namespace
 * @param options - of tmpfs, such as `size=4m`
 */
export async function mountSmallDisk(home: string, folder: string, options: string): Promise<SmallDisk> {
  const isRoot = process.getuid?.() === 0;
  const script = `mount -t tmpfs -o "$1" none "$0" && echo mounted && exec cat`;
  // Its standard input closes when this process ends, however it ends; the last process in it takes the namespace along.
  const keeper = spawn('env', ['unshare', isRoot ? '-m' : '-rm', 'sh', '-c', script, folder, options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    keeper.stdout.once('data', () => resolve());
    keeper.once('exit', (status) => reject(new Error(`no file system could be mounted: status ${status}`)));
  });
  const id = String(keeper.pid);
  return {
    through: ['nsenter', '-t', id, '-m', ...(isRoot ? [] : ['-U', '--preserve-credentials']), 'env', '-C', home],
    seenAt: (path) => `/proc/${id}/root${path}`,
    async [Symbol.asyncDispose]() {
      keeper.stdin.end();
      await new Promise((resolve) => keeper.once('exit', resolve));
    },
  };
}
