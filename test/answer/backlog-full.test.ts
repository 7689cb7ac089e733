import t from 'tap'
import { Backlog } from '../../src/answer/backlog.ts'
import { createParts } from '../helpers/parts.ts'

t.test('only so many are tried at one time', async t => {
  const { session, reader, stepFunctions, log, lines } = createParts(t)
  const backlog = new Backlog({ serviceAccount: session, reader, stepFunctions, log })
  for (let index = 0; index <= 1_000; index++) {
    const reading = reader.read(
      { version: 'v1', bucket: 'b', collection: 'c', record: `r${index}` },
      { taskToken: 'T' }
    )
    backlog.add({ reading, taskToken: 'T', decision: { answer: 'FAIL', proof: 'report' } })
  }
  t.match(lines, [{ err: { message: /1000 others wait/ }, record: /records\/r1000$/ }])
  await backlog.stop()
  t.equal(lines.length, 1_001, 'what could not be recorded is in the log')
})
