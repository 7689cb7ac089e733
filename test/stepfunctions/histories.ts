import { deliver } from '../../src/stepfunctions/delivery.ts'
import { Histories, type HistoryRequest } from '../../src/stepfunctions/history.ts'
import { SdkClients } from '../../src/stepfunctions/sdk.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import type { Test } from 'tap'
import type { ExecutionHistory } from '../../src/stepfunctions/history-part.ts'

/** Histories of a Step Functions of their own. */
export async function start(t: Test, timeoutMs = 3000) {
  const sfn = await startStepFunctions(t)
  const clients = new SdkClients({ credentials, endpoint: sfn.url, timeoutMs })
  t.teardown(() => {
    clients.close()
  })
  const histories = new Histories(clients)
  const read = async (
    executionArn: string,
    timeoutMs = 3000,
    suffices?: HistoryRequest['suffices']
  ): Promise<ExecutionHistory> =>
    await histories.read({ region, executionArn, timeoutMs, ...(suffices && { suffices }) })
  const failure = async (executionArn: string, timeoutMs?: number): Promise<unknown> =>
    await read(executionArn, timeoutMs).then(
      () => t.fail('no failure'),
      (error: unknown) => error
    )
  const answer = async (
    taskToken: string,
    result: { output: string } | { error: string; cause: string }
  ): Promise<unknown> => await deliver(clients, { region, taskToken, result })
  return { sfn, read, failure, answer }
}

/** An execution whose step comes round this often, answered each time but the last. */
export async function looped(
  { sfn }: Awaited<ReturnType<typeof start>>,
  turns: number
): Promise<{ executionArn: string; go: (turns: number) => void }> {
  let { taskToken, executionArn } = sfn.waitCallback({ input: { turn: 0 }, stayOpen: true })
  let turn = 0
  const go = (turns: number): void => {
    for (const end = turn + turns; turn < end; turn++) {
      sfn.answer(taskToken, { output: `${turn}` })
      taskToken = sfn.waitCallback({ executionArn }).taskToken
    }
  }
  go(turns)
  return { executionArn, go }
}

/** The output of each step. */
export const outputs = ({ steps }: ExecutionHistory): (string | undefined)[] =>
  steps.map(({ result }) => (result?.kind === 'succeeded' ? result.output : undefined))
