/** The body of a 503 in Kinto's shape. */
export function unavailable(message: string): string {
  return JSON.stringify({ code: 503, errno: 201, error: 'Service Unavailable', message })
}

export const outcomeUnknown = unavailable(
  'Kinto did not answer: whether it carried the request out is not known.'
)
