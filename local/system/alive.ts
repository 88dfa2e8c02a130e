/** Whether a process of this machine is there. */
export function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process, and alive.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
