/** A request without a body. */
export function request(method: string): string {
  return `${method} /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 0\r\n\r\n`
}
