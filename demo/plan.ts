import type { Workflow } from './aws.ts'

interface Decision {
  answer: Record<string, string>
  /** How the demo asks its user for an answer. */
  invitation: string
  /** What the record must say then. */
  says: 'SUCCEED' | 'FAIL'
  /** How the execution must end then. */
  status: 'SUCCEEDED' | 'FAILED'
  error?: string
}

/** What alice decides. The demo proposes it to its user, and does it itself with `--auto`. */
export const plan: Record<Workflow, Decision> = {
  activity: {
    invitation: 'Answer as alice, SUCCEED or FAIL:',
    answer: { answer: 'SUCCEED', comment: 'Well done' },
    says: 'SUCCEED',
    status: 'SUCCEEDED'
  },
  callback: {
    invitation: 'Answer as alice: {"choice": "Sign off", "output": {"score": 5}}, or send it back:',
    answer: { choice: 'Send back', comment: 'The license is missing' },
    says: 'FAIL',
    status: 'FAILED',
    error: 'NotSignedOff'
  }
}
