import t from 'tap'
import { isAllowed, parseArn } from '../../src/stepfunctions/arn.ts'

const place = 'us-west-2:123456789012'
const machine = `arn:aws:states:${place}:stateMachine:Review`

t.test('ARNs of Step Functions', async t => {
  t.same(parseArn(machine), {
    text: machine,
    partition: 'aws',
    region: 'us-west-2',
    account: '123456789012',
    kind: 'stateMachine',
    name: 'Review'
  })
  t.match(parseArn(`${machine}:prod`), { name: 'Review:prod' })
  t.match(parseArn('arn:aws-cn:states:cn-north-1:123456789012:activity:A'), {
    partition: 'aws-cn',
    kind: 'activity'
  })
  t.match(parseArn(`arn:aws:states:${place}:execution:Review:e1`), {
    kind: 'execution',
    name: 'Review:e1'
  })
  t.match(
    parseArn(`arn:aws:states:${place}:execution:Review/Map:e1`),
    { name: 'Review/Map:e1' },
    "a map run's child"
  )
})

t.test('children of a Distributed Map', async t => {
  const name = 'N'.repeat(80)
  const [label, uuid] = ['L'.repeat(40), 'b3f1b2c4-0d0e-4a6f-9c1d-2e3f4a5b6c7d']
  for (const part of [label, uuid, 'L']) {
    const machine = `arn:aws:states:${place}:stateMachine:${name}/${part}`
    t.match(parseArn(machine), { kind: 'stateMachine', name: `${name}/${part}` }, part)
    t.match(parseArn(`${machine}:prod`), { kind: 'stateMachine' })
    const child = parseArn(`arn:aws:states:${place}:execution:${name}/${part}:${uuid}`)
    t.match(child, { kind: 'execution', name: `${name}/${part}:${uuid}` })
  }
  for (const wrong of [`${name}N`, `${name}/`, `${name}/${label}L`, `${name}/${label}/x`, '/x']) {
    t.equal(parseArn(`arn:aws:states:${place}:stateMachine:${wrong}`), undefined, wrong)
    t.equal(parseArn(`arn:aws:states:${place}:execution:${wrong}:${uuid}`), undefined, wrong)
  }
  const child = parseArn(`arn:aws:states:${place}:stateMachine:Review/${label}`)
  t.ok(child !== undefined && isAllowed(child, [machine]), 'allowed as its state machine is')
})

t.test('all else is none', async t => {
  for (const text of [
    '',
    'x',
    'arn:aws:lambda:us-west-2:123456789012:function:f',
    'arn:aws:states:us-west-2:1234:activity:A',
    `arn:aws:states:${place}:activity:`,
    `arn:aws:states:${place}:activity:a b`,
    `arn:aws:states:${place}:activity:a:b`,
    `arn:aws:states:${place}:express:Review:e:x`,
    `arn:aws:states:${place}:execution:Review`,
    `arn:aws:states:${place}:toString:x`,
    'arn:aws:states:us@evil:123456789012:activity:A',
    `arn:evil:states:${place}:activity:A`,
    ` ${machine}`,
    `${machine}\n`,
    `arn:aws:states:${place}:execution:Review:${'e'.repeat(256)}`
  ])
    t.equal(parseArn(text), undefined, text)
})

t.test('patterns', async t => {
  const rows: [text: string, patterns: string[], allowed: boolean][] = [
    [machine, [], true],
    [machine, [machine], true],
    [`${machine}:prod`, [machine], true],
    [`${machine}:prod`, [`${machine}:prod`], true],
    [`${machine}2`, [machine], false],
    [machine, [`arn:aws:states:${place}:*`], true],
    [machine, ['arn:aws:states:us-east-1:*'], false],
    [machine, ['arn:aws:states:us-west-2:*:stateMachine:Re*w'], true],
    [machine, ['arn:aws:states:us.west.2:*'], false],
    [`arn:aws:states:${place}:execution:Review:e1`, [machine], true],
    [`arn:aws:states:${place}:execution:Review/Map:e1`, [machine], true],
    [`arn:aws:states:${place}:execution:Other:e1`, [machine], false],
    [`arn:aws:states:${place}:activity:A`, [machine, `arn:aws:states:${place}:activity:A`], true],
    [`arn:aws:states:${place}:activity:A`, [machine], false]
  ]
  for (const [text, patterns, allowed] of rows) {
    const arn = parseArn(text)
    t.equal(
      arn !== undefined && isAllowed(arn, patterns),
      allowed,
      `${text} by ${patterns.join(' ')}`
    )
  }
})
