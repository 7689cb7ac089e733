import type { Workflow } from './aws.ts'

interface Decision {
  answer: Record<string, string>
  /** How the execution must end then. */
  status: 'SUCCEEDED' | 'FAILED'
  error?: string
}

/** What alice decides. The demo proposes it to its user, and does it itself with `--auto`. */
export const plan: Record<Workflow, Decision> = {
  activity: {
    answer: { answer: 'SUCCEED', comment: 'Well done' },
    status: 'SUCCEEDED'
  },
  callback: {
    answer: { answer: 'FAIL', comment: 'The license is missing', error: 'NotSignedOff' },
    status: 'FAILED',
    error: 'NotSignedOff'
  }
}
