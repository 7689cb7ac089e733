import t from 'tap'
import { needsParts } from '../helpers/real.ts'
import { refused, sameBut, type Comparison } from './mirror/compare.ts'
import { startPlaces } from './mirror/places.ts'
import { withoutAdditions } from './mirror/additions.ts'
import { describe, title, type DifferenceName } from './mirror/row.ts'
import { batches } from './mirror/tables/batches.ts'
import { bodies } from './mirror/tables/bodies.ts'
import { conditions } from './mirror/tables/conditions.ts'
import { credentials } from './mirror/tables/credentials.ts'
import { crossOrigin } from './mirror/tables/cross-origin.ts'
import { protocol } from './mirror/tables/protocol.ts'
import { queries } from './mirror/tables/queries.ts'
import { announced, resources } from './mirror/tables/resources.ts'
import { stepWrites } from './mirror/tables/steps.ts'
import { targets } from './mirror/tables/targets.ts'

/**
 * Each request is sent to Kinto, and through the service too. The responses are the same, byte for
 * byte, and so is what Kinto holds afterwards. These are all the differences, at most ten.
 *
 * Set aside in both: times, ids and password hashes that Kinto makes for one response. The order of
 * headers with different names, and the case of the names, mean nothing in HTTP.
 */
const differences: Record<DifferenceName | 'framing', { reason: string; compare: Comparison }> = {
  framing: {
    reason:
      'Connection, Keep-Alive, Transfer-Encoding and the version in the status line concern one ' +
      'connection, and there are two (RFC 9110 §7.6.1). Compared: all else, with every request.',
    compare: sameBut()
  },
  malformed: {
    reason:
      'What is not HTTP, or too large, never becomes a request. ' +
      "Kinto's server (waitress) refuses it with a text of its own; Node's parser does, " +
      "and the service says so in Kinto's shape. Compared: both refuse.",
    compare: refused([400, 431, 501], [400, 431, 501])
  },
  'stricter parser': {
    reason:
      "Node's parser refuses what RFC 9112 tells servers to refuse (§3.2: no Host, §5.2: folded " +
      'lines, §6.1: two lengths), since others may read it differently; waitress lets it pass. ' +
      'Compared: 400.',
    compare: refused([200], [400])
  },
  'unknown method': {
    reason:
      "Node's parser knows the registered methods only; Kinto answers 405 to any other. " +
      'Compared: 400, so refused as well.',
    compare: refused([405], [400])
  },
  'not one Host': {
    reason:
      'Kinto builds URLs from Host. A client of HTTP/1.0 may send none: ' +
      'Kinto then names waitress.invalid and its own port, the service no name. ' +
      'Of several Kinto makes a list, the service passes the first on. ' +
      'Compared: all but these URLs.',
    compare: sameBut({ headers: ['next-page'] })
  },
  asterisk: {
    reason:
      'undici sends no target but a path, so `OPTIONS *` goes on as `/*`: ' +
      'Kinto answers 200 as to any path without a version, in place of 404. ' +
      'Compared: these statuses.',
    compare: ({ status: kinto }, { status: service }) =>
      kinto === 404 && service === 200 ? [] : [`Kinto ${kinto}, the service ${service}`]
  },
  'no path': {
    reason:
      'An absolute target may have an empty path, which is sent on as `/` (RFC 9112 §3.2.2). ' +
      'Kinto redirects both to its root view, with or without the last slash and the query. ' +
      'Compared: all else.',
    compare: sameBut({
      headers: ['location', 'content-length'],
      body: text => text.replace(/\/v1\S*(?=;)/, '/v1')
    })
  },
  'no tunnel': {
    reason:
      'CONNECT asks for a tunnel, and Node does not make a request of it: ' +
      'the connection is closed. Kinto answers 404. Compared: no answer.',
    compare: ({ status: kinto }, { status: service }) =>
      kinto === 404 && service === 0 ? [] : [`Kinto ${kinto}, the service ${service}`]
  },
  'what the service adds': {
    reason:
      'The service announces itself in the root view, in the heartbeat and in the OpenAPI ' +
      'document, as the plugin did. Compared: all else, every other byte of the text included.',
    compare: sameBut({ headers: ['content-length'], body: withoutAdditions })
  }
}

const tables = {
  resources,
  announced,
  bodies,
  conditions,
  queries,
  targets,
  batches,
  stepWrites,
  crossOrigin,
  credentials,
  protocol
}

t.test('the service mirrors Kinto', needsParts('that the service mirrors Kinto'), async t => {
  t.ok(Object.keys(differences).length <= 10)
  const places = await startPlaces(t)
  const seen = { statuses: new Set<number>(), differences: new Set<string>(['framing']) }
  for (const [name, rows] of Object.entries(tables)) {
    await t.test(name, async t => {
      for (const row of rows) {
        const { differs = 'framing' } = row
        const { kinto, service, wrong } = await places[row.kinto ?? 'open'].reflect(
          row,
          differences[differs].compare
        )
        t.same(wrong, [], title(row), { request: describe(row), why: differences[differs].reason })
        seen.statuses.add(kinto.status)
        if (differs !== 'framing')
          t.not(
            differences.framing.compare(kinto, service).length,
            0,
            `${title(row)}: still different`
          )
        seen.differences.add(differs)
      }
    })
  }
  t.same(
    seen.statuses,
    new Set([200, 201, 202, 204, 304, 307, 400, 401, 403, 404, 405, 406, 412, 415, 431, 500, 501]),
    'all that Kinto can say was said'
  )
  t.same(seen.differences, new Set(Object.keys(differences)), 'every difference was seen')
  t.ok(Object.values(tables).flat().length >= 1_000)
})
