export const host = 'Host: kinto.example\r\n'
export const post = `POST /v1/one HTTP/1.1\r\n${host}`
const get = `GET /v1/one HTTP/1.1\r\n${host}`
export const smuggled = `GET /v1/smuggled HTTP/1.1\r\n${host}\r\n`
const chunked = 'Transfer-Encoding: chunked\r\n'

/**
 * Each of these is one request to one parser, and two requests or a different one to another parser
 * (RFC 9112 §11.2). None of them reaches Kinto.
 */
export const refused: [title: string, bytes: string, status?: number][] = [
  ['a length, and chunks', `${post}Content-Length: 6\r\n${chunked}\r\n0\r\n\r\nG`],
  ['chunks, and a length', `${post}${chunked}Content-Length: 3\r\n\r\n8\r\nSMUGGLED\r\n0\r\n\r\n`],
  [
    'chunks in two codings',
    `${post}${chunked}Transfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`
  ],
  ['no coding', `${post}Transfer-Encoding: identity\r\n\r\n${smuggled}`, 501],
  [
    'a coding that looks like chunks',
    `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    501
  ],
  [
    'chunks behind a vertical tab',
    `${post}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n${smuggled}`
  ],
  ['a space before the colon', `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`],
  [
    'a coding on a folded line',
    `${post}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${smuggled}`
  ],
  ['two lengths', `${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\nG`],
  ['the same length twice', `${post}Content-Length: 1\r\nContent-Length: 1\r\n\r\nG`],
  ...['+5', '5, 5', '5 5', '0x5', '-1', '99999999999999999999999'].map(
    (length): [string, string] => [
      `a length of ${length}`,
      `${post}Content-Length: ${length}\r\n\r\nabcde`
    ]
  ),
  ...['0x5', '-5', 'fffffffffffffffff5', '5;a\n'].map((size): [string, string] => [
    `a chunk of ${size.trim()}`,
    `${post}${chunked}\r\n${size}\r\nabcde\r\n0\r\n\r\n`
  ]),
  ['a chunk that does not end', `${post}${chunked}\r\n5\r\nabcdeXX0\r\n\r\n`],
  ['chunks with line feeds alone', `${post}${chunked}\r\n5\nabcde\n0\n\n`],
  ['lines that end with a line feed alone', `GET /v1/one HTTP/1.1\n${host.trim()}\n\n`],
  ['a line feed in a header', `${get}X-A: b\nX-B: c\r\n\r\n`],
  ['a carriage return in a header', `${get}X-A: b\rX-B: c\r\n\r\n`],
  ['a NUL in a header', `${get}X-A: b\0c\r\n\r\n`],
  ['a header without a name', `${get}: b\r\n\r\n`],
  ['a line without a colon', `${get}nonsense\r\n\r\n`],
  ['a folded first header', `GET /v1/one HTTP/1.1\r\n ${host}\r\n`],
  ['a space in the target', `GET /v1/one two HTTP/1.1\r\n${host}\r\n`],
  ['a length in trailers', `${post}${chunked}\r\n5\r\nabcde\r\n0\r\nContent-Length: 99\r\n\r\n`],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0']
]

/** Each of these is one request, however it looks. All of it reaches Kinto, and nothing else. */
export const one: [title: string, bytes: string, method: string, url: string, body: string][] = [
  [
    'extensions of chunks',
    `${post}${chunked}\r\n5;a=b;c="d"\r\nabcde\r\n0\r\n\r\n`,
    'POST',
    '/v1/one',
    'abcde'
  ],
  [
    'trailers',
    `${post}${chunked}Trailer: Authorization\r\n\r\n` +
      '5\r\nabcde\r\n0\r\nAuthorization: Basic x\r\n\r\n',
    'POST',
    '/v1/one',
    'abcde'
  ],
  [
    'an underscore',
    `${post}Transfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
    'POST',
    '/v1/one',
    '0\r\n\r\n'
  ],
  [
    'a request in a body',
    `${post}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    'POST',
    '/v1/one',
    smuggled
  ],
  [
    'a request in the body of a HEAD',
    `HEAD /v1/one HTTP/1.1\r\n${host}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    'HEAD',
    '/v1/one',
    smuggled
  ],
  [
    'an upgrade',
    `${post}Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nab`,
    'POST',
    '/v1/one',
    'ab'
  ],
  [
    'a line feed in the target',
    `GET /v1/one\nHost:b HTTP/1.1\r\n${host}\r\n`,
    'GET',
    '/v1/one',
    ''
  ],
  ['HTTP/0.9', 'GET /v1/one\r\n\r\n', 'GET', '/v1/one', ''],
  [
    'a target with another authority',
    `GET http://evil.example/v1/one HTTP/1.1\r\n${host}\r\n`,
    'GET',
    '/v1/one',
    ''
  ],
  [
    'a target with a user',
    `GET http://u:p@evil.example/v1/one HTTP/1.1\r\n${host}\r\n`,
    'GET',
    '/v1/one',
    ''
  ],
  [
    'a target that begins with two slashes',
    `GET //evil.example/v1/one HTTP/1.1\r\n${host}\r\n`,
    'GET',
    '//evil.example/v1/one',
    ''
  ]
]
