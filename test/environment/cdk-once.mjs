import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

const require = createRequire(import.meta.url);

/**
 * Jest gives each test file modules of its own. AWS CDK is thousands of them, which keep nothing of an app outside of it: a worker loads
 * them once, and every test file gets these. That halves what tests of stacks and constructs take.
 */
export default class CdkOnce extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.requireOnce = require;
  }
}
