import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { FormScanner, scanForm } from '../../../src/gateway/guard/form-scanner.ts'

const type = ['multipart/form-data; boundary=XX']
const file = part('name="attachment"; filename="a.txt"', 'one\r\n--two\n\r\n-', 'Content-Type: text/plain')

function part (disposition: string, content: string, ...headers: string[]): string {
  return `--XX\r\n${[`Content-Disposition: form-data; ${disposition}`, ...headers].join('\r\n')}\r\n\r\n${content}\r\n`
}

function data (value: unknown, ...headers: string[]): string {
  return part('name="data"', typeof value === 'string' ? value : JSON.stringify(value), ...headers)
}

const refuse = async (): Promise<void> => { throw new Error('guarded') }

/** What passed of it, in pieces of `size` bytes. @throws the refusal */
async function scan (form: string, size = form.length, types = type): Promise<string> {
  const bytes = Buffer.from(form, 'latin1')
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_none, index) => bytes.subarray(index * size, (index + 1) * size))
  return (await buffer(Readable.from(scanForm(Readable.from(pieces), new FormScanner(types), refuse)))).toString('latin1')
}

async function refusalOf (...scanned: Parameters<typeof scan>): Promise<unknown> {
  return await scan(...scanned).then(() => undefined, (error: unknown) => error)
}

t.test('forms as clients write them pass, byte for byte, however they are cut', async t => {
  const forms = [
    `${file}--XX--\r\n`, `${file}--XX--`, `${data({ subject: 's', nested: { status: 1 } })}${file}--XX--\r\n`, `${file}${data({})}--XX--\r\n`,
    `${data({ a: 1 }, 'Content-Type: application/json')}${data({ b: 1 }, 'content-type: text/plain; charset=UTF-8')}--XX--\r\n`,
    `${part('name="permissions"', '{"write": ["status"]}')}--XX--\r\n`, `${part('name="attachment"; filename="é"', '')}--XX--\r\n`,
    `${part('name="attachment"; filename="a"; filename*=UTF-8\'\'%e2%82%ac', 'x')}--XX--\r\n`
  ]
  for (const form of forms) for (const size of [form.length, 1, 2, 7]) t.equal(await scan(form, size), form)
  for (const types of [['Multipart/Form-Data;boundary="XX"'], ['multipart/form-data; boundary=XX']]) t.equal(await scan(forms[0] ?? '', 10, types), forms[0])
})

t.test('a data part that names a guarded field is refused', async t => {
  for (const field of ['taskToken', 'status', 'activityArn', 'stateMachineArn', 'executionArn', 'answeredBy', 'answeredAt']) {
    for (const form of [`${data({ subject: 1, [field]: 'x' })}${file}--XX--\r\n`, `${file}${data({ [field]: null })}--XX--\r\n`, `${data({})}${data(`{"${field.replace('t', '\\u0074')}": 1}`)}--XX--`]) {
      for (const size of [form.length, 3]) t.match(await refusalOf(form, size), { message: 'guarded' }, form)
    }
  }
})

t.test('a data part never passes whole before it is judged', async t => {
  const form = `${file}${data({ status: 'SUCCEED' })}--XX--\r\n`
  const source = Readable.from([...Buffer.from(form)].map(byte => Buffer.from([byte])))
  let passed = 0
  const refused = (async () => { for await (const byte of scanForm(source, new FormScanner(type), refuse)) passed += byte.length })()
  await t.rejects(refused, { message: 'guarded' })
  t.ok(passed <= form.length - '-\r\n'.length, 'the request to Kinto has no end')
  t.notOk(source.destroyed, 'and its client can be told')
})

// Each of these is a form to some parser, and another one or none to others.
const odd: [title: string, form: string, types?: string[]][] = [
  ['no form', '{}', ['application/json']], ['no type', `${file}--XX--`, []], ['two types', `${file}--XX--`, [...type, ...type]], ['no boundary', `${file}--XX--`, ['multipart/form-data']],
  ['two boundaries', `${file}--XX--`, ['multipart/form-data; boundary=XX; boundary=YY']], ['a charset', `${file}--XX--`, ['multipart/form-data; charset=utf-7; boundary=XX']],
  ['no end', file], ['nothing', ''], ['a preamble', `x\r\n${file}--XX--`], ['spaces before the first delimiter', ` ${file}--XX--`], ['an empty line before it', `\r\n${file}--XX--`],
  ['an epilogue', `${file}--XX--\r\nx`], ['a line feed alone before a delimiter', `${file.slice(0, -2)}\n--XX--\r\n`], ['a line feed alone behind a delimiter', `${file.replace('--XX\r\n', '--XX\n')}--XX--`],
  ['spaces behind a delimiter', `${file}--XX \r\n${data({}).slice(6)}--XX--`], ['more behind a delimiter', `${file}--XXX\r\n--XX--`], ['no head', '--XX\r\n\r\nx\r\n--XX--'],
  ['a line feed in the head', `${part('name="data"\nX: y', '{}')}--XX--`], ['a folded head', `${part('name="data";\r\n filename="x"', '{}')}--XX--`], ['a head without end', `--XX\r\nContent-Disposition: ${'x'.repeat(5000)}`],
  ['too long a head', `${part(`name="a"; filename="${'x'.repeat(5000)}"`, '')}--XX--`], ['a name in another encoding', `${part("name*=utf-8''data", '{}')}--XX--`], ['a name without quotes', `${part('name=data', '{}')}--XX--`],
  ['two names', `${part('name="x"; name="data"', '{}')}--XX--`], ['a backslash', `${part('name="x"; filename="\\"; name="data"', '{}')}--XX--`], ['two dispositions', `${part('name="x"', '{}', 'Content-Disposition: form-data; name="data"')}--XX--`],
  ['another head', `${data({}, 'Content-Transfer-Encoding: base64')}--XX--`], ['a form in the form', `${part('name="x"; filename="y"', '{}', 'Content-Type: multipart/mixed; boundary=YY')}--XX--`],
  ['a form in the form, behind spaces', `${part('name="x"; filename="y"', '{}', 'Content-Type:   multipart/mixed; boundary=YY')}--XX--`],
  ['a form of another kind in it', `${part('name="x"', 'data={}', 'Content-Type: application/x-www-form-urlencoded')}--XX--`], ['data in another charset', `${data({}, 'Content-Type: text/plain; charset=utf-16')}--XX--`],
  ['data as a file', `${part('name="data"; filename="x"', '{}')}--XX--`], ['data that is not JSON', `${data('{"a": NaN}')}--XX--`], ['data that is no object', `${data([])}--XX--`], ['data that is not UTF-8', `${data('"\xe9"')}--XX--`],
  ['too much data', `${data({ a: 'x'.repeat(1024 * 1024) })}--XX--`]
]

for (const [title, form, types] of odd) {
  t.test(`what cannot be judged is refused: ${title}`, async t => {
    for (const size of [form.length, 1000]) t.match(await refusalOf(form, size, types), { problem: { status: 403, errno: 121, message: /cannot be judged/ } })
  })
}

t.test('a form that names a guarded field may pass while its record does not exist, which is looked at again before its end', async t => {
  const form = `${data({ status: 'SUCCEED' })}${file}--XX--\r\n`
  for (const refusedAt of [1, 2, 3]) {
    let asked = 0
    const permit = async (): Promise<void> => { if (++asked === refusedAt) throw new Error('guarded') }
    let passed = ''
    const scanned = (async () => { for await (const byte of scanForm(Readable.from([...Buffer.from(form)].map(byte => Buffer.from([byte]))), new FormScanner(type), permit)) passed += String(byte) })()
    if (refusedAt === 3) await scanned
    else await t.rejects(scanned, { message: 'guarded' })
    t.equal(passed.includes('--XX--'), refusedAt === 3)
    t.equal(passed.includes('two'), refusedAt !== 1)
  }
})

t.test('an empty file name makes a field of it', async t => {
  t.match(await refusalOf(`${part('name="data"; filename=""', '{"status": 1}')}--XX--`), { message: 'guarded' })
})
