import t from 'tap'
import { createReader } from '../../src/config/reader.ts'
import { InvalidValue } from '../../src/config/values.ts'

const word = { name: 'some_word', doc: '', parse: (text: string) => text, default: 'default' }

/** What `some_word` is, and the problems found on the way. */
function read(env: Record<string, string | undefined>, file: Record<string, string> = {}) {
  const problems: string[] = []
  const reader = createReader({ env, file: new Map(Object.entries(file)) }, problems)
  return {
    value: reader.required({ ...word, fallbackVariables: ['OTHERS_WORD'] }),
    problems,
    given: reader.given.has('some_word')
  }
}

t.test('each source goes before those below it', async t => {
  const env: Record<string, string> = {
    KINTO_STEPFUNCTION_SOME_WORD: 'prefixed',
    STEPFUNCTION_SOME_WORD: 'own',
    OTHERS_WORD: 'others'
  }
  t.same(read(env, { 'stepfunction.some_word': 'file' }), {
    value: 'prefixed',
    problems: [],
    given: true
  })
  t.same(
    read({ ...env, KINTO_STEPFUNCTION_SOME_WORD: undefined }, { 'stepfunction.some_word': 'file' }),
    { value: 'own', problems: [], given: true }
  )
  t.same(read({ OTHERS_WORD: 'others' }, { 'stepfunction.some_word': 'file' }), {
    value: 'file',
    problems: [],
    given: true
  })
  t.same(read({ OTHERS_WORD: 'others' }, { 'kinto.stepfunction.some_word': 'file' }), {
    value: 'file',
    problems: [],
    given: true
  })
  t.same(read({ OTHERS_WORD: 'others' }), { value: 'others', problems: [], given: true })
  t.same(read({}), { value: 'default', problems: [], given: false })
})

t.test('an empty value counts as not set', async t => {
  const env = { KINTO_STEPFUNCTION_SOME_WORD: '', STEPFUNCTION_SOME_WORD: ' ' }
  t.same(read(env, { 'kinto.stepfunction.some_word': '', 'stepfunction.some_word': 'file' }), {
    value: 'file',
    problems: [],
    given: true
  })
  t.same(
    read({ STEPFUNCTION_SOME_WORD: '""', OTHERS_WORD: '[]' }, { 'stepfunction.some_word': '' }),
    { value: 'default', problems: [], given: false }
  )
})

t.test('both spellings in the file must agree', async t => {
  t.same(
    read({}, { 'stepfunction.some_word': 'a', 'kinto.stepfunction.some_word': 'a' }).problems,
    []
  )
  t.same(
    read({}, { 'stepfunction.some_word': 'a', 'kinto.stepfunction.some_word': 'b' }).problems,
    [
      'stepfunction.some_word and kinto.stepfunction.some_word are the same setting, but differ. ' +
        'Keep one of them.'
    ]
  )
})

t.test('values are trimmed, and decoded as Kinto does where they are JSON', async t => {
  for (const [text, value] of [
    [' a b ', 'a b'],
    ['"a b"', 'a b'],
    ['["a", "b"]', 'a\nb'],
    ['true', 'true'],
    ['0123', '0123'],
    ['12345678901234567890', '12345678901234567890'],
    ['{"a": 1}', '{"a": 1}'],
    ['"a', '"a']
  ] as const) {
    t.equal(read({ STEPFUNCTION_SOME_WORD: text }).value, value, text)
    t.equal(read({}, { 'stepfunction.some_word': text }).value, value, text)
  }
})

t.test('a problem names the place that the value came from', async t => {
  const problems: string[] = []
  const strict = {
    ...word,
    parse: (text: string) => {
      if (text !== 'default') throw new InvalidValue('must be "default".')
      return text
    }
  }
  const env = createReader({ env: { STEPFUNCTION_SOME_WORD: 'x' }, file: new Map() }, problems)
  t.equal(env.required(strict), 'default')
  const file = createReader(
    { env: {}, file: new Map([['kinto.stepfunction.some_word', 'x']]) },
    problems
  )
  t.equal(file.optional(strict), undefined)
  t.same(problems, [
    'STEPFUNCTION_SOME_WORD must be "default".',
    'kinto.stepfunction.some_word must be "default".'
  ])
})

t.test('a fault of our own is not taken for a bad value', async t => {
  const broken = {
    ...word,
    parse: () => {
      throw new TypeError('broken')
    }
  }
  const reader = createReader({ env: { STEPFUNCTION_SOME_WORD: 'x' }, file: new Map() }, [])
  t.throws(() => reader.optional(broken), new TypeError('broken'))
})
