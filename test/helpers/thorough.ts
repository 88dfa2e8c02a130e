/**
 * How often a random experiment is repeated: a sample in the usual run, so that it stays short,
 * and the whole number with `FUKUGEN_THOROUGH=1 npm test`.
 */
export function runs(usual: number, thorough: number): number {
  return process.env.FUKUGEN_THOROUGH === '1' ? thorough : usual;
}
