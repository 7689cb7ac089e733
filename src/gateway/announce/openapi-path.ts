/** Kinto groups its operations by tags. */
export const tag = 'Stepfunction'

/** The sub-resource as a path item of Swagger 2.0, put together and worded as Kinto's own are. */
export function subResourcePath (security: readonly Record<string, readonly string[]>[]) {
  const common = { produces: ['application/json'], tags: [tag], security }
  return {
    parameters: ['bucket_id', 'collection_id', 'record_id'].map(name => ({ name, in: 'path', required: true, type: 'string' })),
    get: { responses: stateResponses, ...common, operationId: 'get_stepfunction' },
    post: { responses: answerResponses, ...common, consumes: ['application/json'], parameters: answerParameters, operationId: 'create_stepfunction' }
  }
}

const text = { type: 'string' } as const
const moment = { type: 'string', format: 'date-time' } as const
const answer = { type: 'string', title: 'Answer', enum: ['FAIL', 'SUCCEED'] } as const
const principals = { type: 'array', items: text } as const

const answerParameters = [
  { name: 'If-Match', in: 'header', required: false, type: 'string', pattern: '^"([0-9]+?)"$' },
  {
    name: 'AnswerRequestSchema',
    in: 'body',
    required: true,
    schema: {
      type: 'object',
      title: 'AnswerRequestSchema',
      properties: {
        answer,
        comment: { type: 'string', title: 'Comment', maxLength: 2500, description: 'The words of the reviewer, for the workflow and the record.' },
        output: { description: 'Any JSON for the workflow; with SUCCEED only.' },
        error: { type: 'string', title: 'Error', minLength: 1, maxLength: 256, description: 'The name of the error for the workflow; with FAIL only.' }
      },
      required: ['answer']
    }
  }
]

const errorSchema = {
  type: 'object',
  title: 'ErrorSchema',
  properties: {
    code: { type: 'integer', title: 'Code' },
    errno: { type: 'integer', title: 'Errno' },
    error: { type: 'string', title: 'Error' },
    message: { type: 'string', title: 'Message' },
    info: { type: 'string', title: 'Info' },
    details: {}
  },
  required: ['code', 'errno', 'error']
}

const stateResponses = {
  200: {
    description: 'How the step stands.',
    schema: {
      type: 'object',
      title: 'StateResponseSchema',
      properties: {
        data: {
          type: 'object',
          title: 'Data',
          properties: {
            state: { type: 'string', title: 'State', enum: ['pending', 'succeeded', 'failed', 'gone'] },
            canAnswer: { type: 'boolean', description: 'Whether an answer of the user could be taken now.' },
            answeredBy: text,
            answeredAt: moment,
            comment: text,
            reason: { type: 'string', description: 'Why the step is gone.' }
          },
          required: ['state', 'canAnswer']
        }
      },
      required: ['data']
    }
  },
  ...errors({
    400: 'The request is invalid.',
    401: 'The request is missing authentication headers.',
    403: 'The user is not allowed to read the record.',
    404: 'The record does not exist or was deleted.',
    503: 'Kinto cannot be reached.',
    default: 'Unexpected error.'
  })
}

const answerResponses = {
  200: {
    description: 'The answer is reported to the workflow and noted in the record, now or by the same answer before.',
    headers: { Etag: { type: 'string', pattern: '^"([0-9]+?)"$' }, 'Last-Modified': text },
    schema: {
      type: 'object',
      title: 'AnswerResponseSchema',
      properties: {
        data: { type: 'object', title: 'Data', additionalProperties: {} },
        permissions: { type: 'object', title: 'Permissions', properties: { read: principals, write: principals } },
        stepfunction: {
          type: 'object',
          title: 'Outcome',
          properties: { outcome: { type: 'string', enum: ['accepted', 'already_applied'] }, answer, answeredBy: text, answeredAt: moment },
          required: ['outcome', 'answer', 'answeredBy', 'answeredAt']
        }
      },
      required: ['data', 'permissions', 'stepfunction']
    }
  },
  ...errors({
    400: 'The request is invalid, or the record names no step that could be answered.',
    401: 'The request is missing authentication headers.',
    403: 'The user is not allowed to write the record.',
    404: 'The record does not exist or was deleted.',
    405: 'The method is not allowed here.',
    409: 'The other answer was given before, or the step does not wait yet.',
    410: 'The step does not wait any more.',
    412: 'The record was changed since the value in `If-Match` header.',
    413: 'The answer is too large.',
    415: 'The client request was not sent in a correct Content-Type.',
    503: 'Kinto or Step Functions cannot be reached; `details.reported` tells whether the answer was reported.',
    default: 'Unexpected error.'
  })
}

function errors (descriptions: Record<string, string>): Record<string, { description: string, schema: typeof errorSchema }> {
  return Object.fromEntries(Object.entries(descriptions).map(([status, description]) => [status, { description, schema: errorSchema }]))
}
