import t from 'tap'
import { as, call, collection } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'
import { needsChromium } from './browser/chromium.ts'
import { startPage, type PageRequest } from './browser/visit.ts'
import { put, startStage, type Stage } from './stage.ts'

const other = 'https://reviews.example'
const json = { 'content-type': 'application/json' }

t.test(
  'a page of another origin',
  needsChromium('what a page of another origin can read, in a browser'),
  async t => {
    const sfn = await startStepFunctions(t)
    const page = await startPage(t)
    const [open, closed] = await Promise.all([
      startStage(t, sfn),
      // This Kinto lets the pages of another site in, but not this page
      startStage(t, sfn, { settings: { 'kinto.cors_origins': other } })
    ])
    const waiting = async ({ kinto }: Stage, id: string): Promise<string> => {
      const { taskToken, executionArn } = sfn.waitCallback()
      await put(
        kinto,
        `${collection}/records/${id}`,
        { data: { taskToken, executionArn } },
        'workflow'
      )
      return executionArn
    }
    const [answered, kept, untouched] = [
      await waiting(open, 'r1'),
      await waiting(open, 'r2'),
      await waiting(closed, 'r1')
    ]
    await put(open.kinto, '/accounts/stranger', { data: { password: 'secret' } })

    const record = at(open, '/r1')
    const plan: [title: string, request: PageRequest, seen: object][] = [
      [
        'an answer: preflight, then 200',
        post(record, { answer: 'SUCCEED' }),
        {
          status: 200,
          body: {
            data: { status: 'SUCCEED' },
            stepfunction: { outcome: 'accepted', answeredBy: 'account:alice' }
          }
        }
      ],
      [
        'the other answer: 409',
        post(record, { answer: 'FAIL' }),
        { status: 409, body: { errno: 122, message: String, details: { answer: 'SUCCEED' } } }
      ],
      [
        'how it stands',
        { url: `${record}/stepfunction`, init: { headers: { authorization: as('bob') } } },
        {
          status: 200,
          body: { data: { state: 'succeeded', canAnswer: false, answeredBy: 'account:alice' } }
        }
      ],
      [
        'without credentials: 401',
        post(record, { answer: 'FAIL' }, {}),
        { status: 401, body: { errno: 104, message: String } }
      ],
      [
        'without the right: 403',
        post(record, { answer: 'FAIL' }, { authorization: as('stranger') }),
        { status: 403, body: { errno: 121, message: String } }
      ],
      [
        'no such record: 404',
        post(at(open, '/none'), { answer: 'FAIL' }),
        { status: 404, body: { errno: 110, details: { id: 'none' } } }
      ],
      [
        'nothing that can be read as an answer: 400',
        post(record, { answer: 'MAYBE' }),
        { status: 400, body: { errno: 107, message: String } }
      ],
      [
        'an old version: 412',
        post(
          at(open, '/r2'),
          { answer: 'FAIL' },
          { authorization: as('alice'), 'if-match': '"1"' }
        ),
        { status: 412, body: { errno: 114, details: { existing: { id: 'r2' } } } }
      ],
      [
        'text, which needs no preflight: 415',
        { url: `${record}/stepfunction`, init: { method: 'POST', body: 'answer=FAIL' } },
        { status: 415, body: { message: /application\/json/ } }
      ],
      [
        'a list, with the address of its next page',
        { url: `${at(open, '')}?_limit=1`, init: { headers: { authorization: as('alice') } } },
        {
          status: 200,
          headers: { 'next-page': new RegExp(`^${open.service.url}/v1/`), etag: String },
          body: { data: [{}] }
        }
      ],
      // A browser asks before it sends these, and Kinto says no to a method that the path lacks.
      [
        'PUT, which the sub-resource does not have',
        { url: `${record}/stepfunction`, init: { method: 'PUT', headers: json, body: '{}' } },
        { refused: 'TypeError' }
      ],
      [
        'PUT, which a list of Kinto does not have',
        { url: at(open, ''), init: { method: 'PUT', headers: json, body: '{}' } },
        { refused: 'TypeError' }
      ],
      ...[
        ['of Kinto', ''],
        ['to answer', '/stepfunction']
      ].flatMap(([title, path]): [string, PageRequest, object][] => [
        [
          `where it is not let in, GET of a record ${title}`,
          { url: at(closed, `/r1${path}`), init: { headers: { authorization: as('alice') } } },
          { refused: 'TypeError' }
        ],
        [
          `where it is not let in, GET without a preflight, of a record ${title}`,
          { url: at(closed, `/r1${path}`) },
          { refused: 'TypeError' }
        ]
      ]),
      [
        'where it is not let in, PATCH of a record',
        {
          url: at(closed, '/r1'),
          init: {
            method: 'PATCH',
            headers: { ...json, authorization: as('alice') },
            body: '{"data": {"status": "FAIL"}}'
          }
        },
        { refused: 'TypeError' }
      ],
      [
        'where it is not let in, an answer',
        post(at(closed, '/r1'), { answer: 'SUCCEED' }),
        { refused: 'TypeError' }
      ]
    ]

    const seen = await page.visit(plan.map(([_title, request]) => request))
    t.equal(seen.length, plan.length)
    for (const [index, [title, _request, expected]] of plan.entries())
      t.match(seen[index], expected, title)
    t.same(
      [answered, kept, untouched].map(arn => sfn.execution(arn).status),
      ['SUCCEEDED', 'RUNNING', 'RUNNING']
    )
    const letIn = await call(at(closed, '/r1/stepfunction'), {
      user: 'alice',
      headers: { origin: other }
    })
    t.match(
      { ...letIn, origin: letIn.headers.get('access-control-allow-origin') },
      { status: 200, origin: other, body: { data: { state: 'pending' } } },
      'the pages of the other site are let in'
    )
  }
)

function at({ service }: Stage, path: string): string {
  return `${service.url}/v1${collection}/records${path}`
}

/** An answer to a record, as alice unless the headers say otherwise. */
function post(
  record: string,
  answer: object,
  headers: Record<string, string> = { authorization: as('alice') }
): PageRequest {
  return {
    url: `${record}/stepfunction`,
    init: { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(answer) }
  }
}
