import t from 'tap'
import { upload, withAttachments } from './attachments.ts'
import { everyBackend, needs, refusedFor, startWorld } from './world.ts'

for (const backend of everyBackend) {
  t.test(
    `a question that an upload changes, ${backend}`,
    needs(backend, 'what becomes of a question that an upload changes'),
    async t => {
      const world = await startWorld(t, { backend, settings: withAttachments(t.testdir({})) })
      const { wait, patch, read, answer } = world

      await t.test('an upload', async t => {
        for (const openFields of [[], ['attachment']]) {
          const asked = await wait({ openFields })
          t.equal((await upload(world, asked.uri, { extra: 1 })).status, 200)
          t.match(
            await answer(asked.uri),
            refusedFor(...(openFields.length === 0 ? ['attachment'] : []), 'extra')
          )
          await patch(asked.uri, { extra: null })
          t.match(
            await answer(asked.uri),
            openFields.length === 0 ? refusedFor('attachment') : { status: 200 }
          )
          t.notOk((await read(asked.uri))['extra'])
        }
      })
    }
  )
}
