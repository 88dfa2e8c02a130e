import { FukugenError } from '../../core/errors.ts';
import { runProgram } from '../system/run-program.ts';

/** Of the restic on this machine: what it can do is known by it, not by trying. */
export class ResticVersion {
  private readonly major: number;
  private readonly minor: number;

  private constructor(major: number, minor: number) {
    this.major = major;
    this.minor = minor;
  }

  /** @throws FukugenError `missing` when there is none, or one that is too old */
  static async ofInstalled(): Promise<ResticVersion> {
    const { stdout } = await runProgram('restic', ['version'], { code: 'missing' });
    const match = /^restic (\d+)\.(\d+)/.exec(stdout);
    if (!match) throw new FukugenError('missing', `this restic does not say its version: ${stdout}`);
    const version = new ResticVersion(Number(match[1]), Number(match[2]));
    if (version.isBefore(14)) {
      throw new FukugenError('missing', `restic ${match[1]}.${match[2]} is too old`, {
        next: 'install restic 0.14 or later',
      });
    }
    return version;
  }

  /** By the minor version: the major is 0. */
  isBefore(minor: number): boolean {
    return this.major === 0 && this.minor < minor;
  }
}
