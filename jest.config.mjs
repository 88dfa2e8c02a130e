/** TypeScript is only stripped, never checked, here: `npm run types` does that. ES modules, so that import.meta and `.ts` paths work as at run time. */
export default {
  testEnvironment: '<rootDir>/test/environment/cdk-once.mjs',
  roots: ['<rootDir>/test'],
  globalSetup: '<rootDir>/test/environment/set-up.mjs',
  testSequencer: '<rootDir>/test/environment/long-suites-first.mjs',
  globalTeardown: '<rootDir>/test/environment/tear-down.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transformIgnorePatterns: ['/node_modules/(?!(aws-cdk-lib|constructs|cdk-nag)/)'],
  transform: {
    '/node_modules/(aws-cdk-lib|constructs|cdk-nag)/.*\\.js$': '<rootDir>/test/environment/required-once.mjs',
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024', experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
      },
    ],
  },
  testTimeout: 60_000,
  // Tests start PostgreSQL servers and restic, and wait for them: two workers leave a quarter of a two-core machine idle, and more than
  // three starve it.
  maxWorkers: 3,
};
