/**
 * The runs of a test on random input. They are the same every time, unless `FUZZ_SEED` and
 * `FUZZ_RUNS` ask for others.
 */
export function fuzzRuns(numRuns: number): { seed: number; numRuns: number } {
  return {
    seed: Number(process.env['FUZZ_SEED'] ?? 1),
    numRuns: Number(process.env['FUZZ_RUNS'] ?? numRuns)
  }
}
