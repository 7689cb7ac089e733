// What `arn:aws:states:::http:invoke` does, as a Lambda function: the emulator has none. A response
// that is no success ends the task, under the name that Step Functions gives it.
// https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html

export async function handler({ ApiEndpoint, Method, Headers = {}, RequestBody }) {
  const headers = { ...Headers, Authorization: process.env.KINTO_AUTHORIZATION }
  const body = RequestBody === undefined ? {} : { body: JSON.stringify(RequestBody) }
  const response = await fetch(ApiEndpoint, { method: Method, headers, ...body })
  const text = await response.text()
  if (response.ok) return { StatusCode: response.status, ResponseBody: JSON.parse(text) }
  const error = new Error(text)
  error.name = `States.Http.StatusCode.${response.status}`
  throw error
}
