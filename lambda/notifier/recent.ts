/**
 * Keys of what was delivered lately. It lives as long as the function's process: EventBridge delivers some events twice, a
 * failed invocation is tried again, and both Regions may report one copy job (docs/adr/0007-notices.md). What it has
 * forgotten is delivered again, never dropped.
 */
export class Recent {
  private readonly keys = new Set<string>();
  private readonly most: number;

  constructor(most = 1_000) {
    this.most = most;
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }

  add(key: string): void {
    this.keys.add(key);
    // A set is in the order of insertion, so the first is the oldest.
    for (const oldest of this.keys) {
      if (this.keys.size <= this.most) break;
      this.keys.delete(oldest);
    }
  }
}
