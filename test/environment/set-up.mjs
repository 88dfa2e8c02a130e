import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives a run of the tests a temporary folder of its own, so that whatever a library leaves in it (CDK's cdk.out…) goes with the run. */
export default async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'fukugen-jest-'));
  // As /tmp itself: a scratch PostgreSQL of root's runs as another account, and so do some tests.
  await chmod(folder, 0o1777);
  process.env.TMPDIR = folder;
  // What processes of a run compile, they compile once; CDK need not remember where each construct was made.
  process.env.CDK_DISABLE_STACK_TRACE = '1';
  process.env.NODE_COMPILE_CACHE = join(folder, 'compile-cache');
}
