import { execFile, spawn } from 'node:child_process'
import { MessageChannel, Worker } from 'node:worker_threads'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { projectFolder } from '../../demo/parts/folder.ts'
import { Forms } from '../../src/form/forms.ts'
import { parseJson } from '../../src/kinto/json.ts'
import { formOf, range } from './checks.ts'

const tsc = join('node_modules', 'typescript', 'bin', 'tsc')
const tooLong = 'This form takes too long to check.'
const exploding = formOf({ pattern: '^(a+)+$' })
const forExploding = { a: `${'a'.repeat(60)}!` }
const source = join(projectFolder, 'src', 'form', 'forms.ts')
// Without the loader that tap gives to every process.
const plain = (environment: string[] = []): string[] => [
  '-u',
  'NODE_OPTIONS',
  ...environment,
  process.execPath
]
// Where no check is to be cut, however busy the machine is.
const unhurried = { timeoutMs: 60_000 }

function startForms(t: Test, options: ConstructorParameters<typeof Forms>[0] = unhurried): Forms {
  const forms = new Forms(options)
  t.teardown(() => forms.stop())
  return forms
}

t.test('checks forms and outputs', async t => {
  const forms = startForms(t)
  t.equal(await forms.checkForm({ type: 'object' }, 'a'), undefined)
  t.match(await forms.checkForm({ type: 'objekt' }, 'a'), /^The form is no JSON Schema/)
  t.match(await forms.checkForm(undefined, 'a'), /^A form must be/)
  t.match(await forms.checkOutput('x', {}, 'a'), { unusable: /^A form must be/ })
  const form = formOf({ maximum: 1 })
  t.strictSame(await forms.checkOutput(form, { a: 1 }, 'a'), { faults: [] })
  t.strictSame(await forms.checkOutput(form, { a: 2 }, 'a'), {
    faults: [{ path: ['a'], description: 'Must be at most 1' }]
  })
})

t.test('numbers reach the check as they were written', async t => {
  const forms = startForms(t)
  const form = parseJson('{"type":"object","additionalProperties":{"const":9007199254740993}}')
  t.strictSame(await forms.checkOutput(form, parseJson('{"a":9007199254740993}'), 'a'), {
    faults: []
  })
  t.strictSame(await forms.checkOutput(form, parseJson('{"a":9007199254740992}'), 'a'), {
    faults: [{ path: ['a'], description: 'Must be 9007199254740993' }]
  })
})

t.test('a check that takes too long is cut, and the next one is made', async t => {
  const forms = startForms(t, { timeoutMs: 1_000 })
  t.strictSame(await forms.checkOutput(exploding, forExploding, 'a'), { unusable: tooLong })
  t.equal(await forms.checkForm({ type: 'object' }, 'a'), undefined)
})

t.test('after 200 ms, if nothing else is said', async t => {
  const forms = startForms(t, {})
  await forms.checkForm({ type: 'object' }, 'a')
  const begun = performance.now()
  t.strictSame(await forms.checkOutput(exploding, forExploding, 'a'), { unusable: tooLong })
  t.ok(performance.now() - begun >= 200)
})

t.test('time in which the machine lets nobody work does not count', async t => {
  const program = `const { Forms } = await import(${JSON.stringify(source)})
    const forms = new Forms({ timeoutMs: 2_000 })
    const form = { type: 'object', additionalProperties: { items: { type: 'string' } } }
    await forms.checkForm(form, 'a')
    const check = forms.checkOutput(form, { a: Array(100_000).fill('x') }, 'a')
    console.log('begun')
    console.log(JSON.stringify(await check))`
  const child = spawn('env', [...plain(), '--eval', program], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  t.match(await lines.next(), { value: 'begun' })
  child.kill('SIGSTOP')
  await sleep(2_500)
  child.kill('SIGCONT')
  t.match(await lines.next(), { value: '{"faults":[]}' })
})

t.test('so is one that takes too much memory', async t => {
  const forms = startForms(t, { timeoutMs: 5_000, memoryMb: 64 })
  const output = { a: range(300_000) }
  t.strictSame(await forms.checkOutput(formOf({ items: { type: 'string' } }), output, 'a'), {
    unusable: tooLong
  })
  t.equal(await forms.checkForm({ type: 'object' }, 'a'), undefined)
})

t.test('checks wait in line, and the time there is not counted', async t => {
  const forms = startForms(t, { timeoutMs: 1_000 })
  const ends: string[] = []
  const all = ['a', 'a', 'a', 'b'].map(async (caller, index) => {
    const form = caller === 'a' ? exploding : formOf({ maximum: 1 })
    const output = caller === 'a' ? { index, ...forExploding } : { a: 2 }
    const verdict = await forms.checkOutput(form, output, caller)
    ends.push(`${caller}${index}`)
    return 'unusable' in verdict ? verdict.unusable : verdict.faults.length
  })
  t.strictSame(await Promise.all(all), [tooLong, tooLong, tooLong, 1])
  // The first two came first; then it is the turn of the other caller.
  t.strictSame(ends, ['a0', 'a1', 'b3', 'a2'])
})

t.test('a thread that is stopped tells those who wait', async t => {
  const forms = startForms(t)
  const ended = { message: 'The thread that checks forms has ended.' }
  const check = t.rejects(forms.checkForm({ type: 'object' }, 'a'), ended)
  await forms.stop()
  await check
  t.equal(await forms.checkForm({ type: 'object' }, 'a'), undefined)
  const other = t.rejects(forms.checkOutput(exploding, forExploding, 'a'), ended)
  await forms.stop()
  await other
  await forms.stop()
  t.equal(await forms.checkForm({ type: 'object' }, 'a'), undefined)
})

t.test('the thread answers each message, and ends with its port', async t => {
  const { port1, port2 } = new MessageChannel()
  const thread = new Worker(join(projectFolder, 'src', 'form', 'thread.ts'), {
    workerData: port2,
    transferList: [port2]
  })
  t.strictSame(await once(port1, 'message'), ['ready'])
  port1.postMessage({ form: '{"type":"object"}', output: '{}' }, [])
  t.strictSame(await once(port1, 'message'), [{ faults: [] }])
  port1.close()
  t.strictSame(await once(thread, 'exit'), [0])
})

// What is run from TypeScript, watched as in `npm run dev`, and what is built and installed. Under
// --watch Node.js writes to its own port to each thread.
for (const kind of ['src', 'watched', 'dist']) {
  t.test(`a process with a thread ends by itself: ${kind}`, async t => {
    const folder = mkdtempSync(join(tmpdir(), 'kinto-stepfunction forms '))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const compiled = join(folder, 'dist', 'form', 'forms.js')
    if (kind === 'dist')
      await run([], tsc, '--project', 'tsconfig.build.json', '--outDir', join(folder, 'dist'))
    const program = join(folder, 'program.js')
    writeFileSync(
      program,
      `const { Forms } = await import(${JSON.stringify(kind === 'dist' ? compiled : source)})
      const forms = new Forms(${JSON.stringify(unhurried)})
      const form = ${JSON.stringify(formOf({ format: 'idn-hostname' }))}
      console.log(JSON.stringify(await forms.checkOutput(form, { a: '-ü-' }, 'a')))`
    )
    // Nothing else is written.
    const environment = kind === 'watched' ? ['WATCH_REPORT_DEPENDENCIES=1'] : []
    t.strictSame(JSON.parse(await run(environment, program)), {
      faults: [{ path: ['a'], description: 'Must be the name of a host' }]
    })
  })
}

/** Runs Node.js, and returns what it says. */
async function run(environment: string[], ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('env', [...plain(environment), ...args], {
    cwd: projectFolder
  })
  return stdout
}
