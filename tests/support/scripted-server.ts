/** A server that answers as a test says, and keeps what it was asked. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly key: string | null
  readonly body: unknown
}

/** A status, with text as it is or a value as JSON. */
export type Answer = { readonly status?: number; readonly text: string } | { readonly json: unknown }

const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const part of request) text += part
  return text === '' ? null : JSON.parse(text)
}

/** @param answer null: never */
export async function scriptedServer(answer: (asked: Asked) => Answer | null) {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        key: request.headers.authorization ?? null,
        body,
      }
      asked.push(one)
      const given = answer(one)
      if (given === null) return
      response.statusCode = 'json' in given ? 200 : (given.status ?? 200)
      response.end('json' in given ? JSON.stringify(given.json) : given.text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  const { port } = server.address() as AddressInfo // it listens on a port
  return { address: `http://127.0.0.1:${port}`, asked }
}
