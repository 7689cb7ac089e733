import { startContenders } from '../contenders/contenders.ts'
import { uploadPath, recordPath } from '../load/workload.ts'
import { peakMemory } from '../parts/usage.ts'
import type { Plan } from '../plan.ts'
import type { Plot } from '../report/svg.ts'
import { downloads } from '../upstreams/static.ts'
import { watched } from './watched.ts'

const warmUpSize = downloads[1]
const chunk = Buffer.alloc(64 * 1_024)

/** Measures the most resident memory while one body is streamed, in each direction. */
export async function measureBodies(upstream: string, { quick }: Plan): Promise<Plot[]> {
  const sizes = quick ? downloads.filter((_size, index) => index % 3 === 0) : downloads
  const up: { name: string; values: number[] }[] = []
  const down: { name: string; values: number[] }[] = []
  for (const { name, url, process } of await startContenders(
    watched(quick),
    upstream,
    recordPath
  )) {
    if (process === undefined) continue
    const { pid } = process
    // Heap and buffers grow with the first bodies, and that does not depend on the size
    await download(url, warmUpSize)
    await upload(url, warmUpSize)
    down.push({
      name,
      values: await each(
        sizes,
        async size =>
          await peakMemory(pid, async () => {
            await download(url, size)
          })
      )
    })
    up.push({
      name,
      values: await each(
        sizes,
        async size =>
          await peakMemory(pid, async () => {
            await upload(url, size)
          })
      )
    })
    await process.stop()
  }
  const common = {
    x: 'size of the body, MiB',
    y: 'MB',
    marks: sizes.map(size => String(size / 2 ** 20))
  }
  return [
    {
      ...common,
      name: 'memory-download',
      title: 'Memory while one answer is streamed',
      lines: down
    },
    { ...common, name: 'memory-upload', title: 'Memory while one upload is streamed', lines: up }
  ]
}

async function each(
  sizes: readonly number[],
  measure: (size: number) => Promise<number>
): Promise<number[]> {
  const values: number[] = []
  for (const size of sizes) values.push((await measure(size)) / 1e6)
  return values
}

async function download(url: string, size: number): Promise<void> {
  const { body } = await fetch(`${url}/v1/download/${size}`)
  let read = 0
  for await (const part of body ?? []) read += part.length
  if (read !== size) throw new Error(`${read} bytes of ${size} came from ${url}.`)
}

async function upload(url: string, size: number): Promise<void> {
  const response = await fetch(`${url}${uploadPath}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: chunks(size),
    duplex: 'half'
  })
  await response.arrayBuffer()
  if (response.status !== 200)
    throw new Error(`The upload to ${url} was answered ${response.status}.`)
}

async function* chunks(size: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < size; sent += chunk.length) yield chunk
}
