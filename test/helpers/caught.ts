import { Refusal } from '../../src/kinto/errors.ts'

/** The refusal that a function throws; undefined when it returns. Any other error is thrown on. */
export function caught(run: () => unknown): Refusal | undefined {
  try {
    run()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  return undefined
}
