import { executionEnd } from './aws.ts'
import { authorization, findManualStep } from './kinto.ts'
import { plan } from './plan.ts'
import { check, say } from './say.ts'
import type { Question, Stage } from './stage.ts'

/** Answers as alice, then checks that the execution and the record are as they must be. */
export async function answerAndCheck(
  stage: Stage,
  { workflow, executionArn, recordUrl }: Question
): Promise<boolean> {
  const { answer, says, status, error } = plan[workflow]
  say(`\nalice answers ${JSON.stringify(answer)} to the ${workflow} workflow`)
  const response = await fetch(`${recordUrl}/stepfunction`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: authorization('alice') },
    body: JSON.stringify(answer)
  })
  const reply = await response.text()
  if (!check('the service accepts the answer', response.status === 200, reply)) return false

  const end = await executionEnd(stage.emulator.url, executionArn)
  const record = await findManualStep(stage.service.url, executionArn)
  return [
    check(
      `the execution ended ${status}${error === undefined ? '' : ` with the error ${error}`}`,
      end.status === status && end.error === error,
      end
    ),
    check(
      'the workflow knows who decided',
      `${end.output ?? ''}${end.cause ?? ''}`.includes('account:alice'),
      end
    ),
    check(
      `the record says ${says}, by account:alice`,
      record?.status === says && record?.answeredBy === 'account:alice',
      record
    ),
    check(
      `and when: ${record?.answeredAt}`,
      !Number.isNaN(Date.parse(record?.answeredAt ?? '')),
      record
    )
  ].every(Boolean)
}
