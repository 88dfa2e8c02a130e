/** Puts in a module's place what the worker has loaded; see `cdk-once.mjs`. */
export default {
  process: (_source, path) => ({ code: `module.exports = globalThis.requireOnce(${JSON.stringify(path)});` }),
};
