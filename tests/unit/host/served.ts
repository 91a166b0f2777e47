/** `gpo serve` inside the test's process: real HTTP, real WebSockets, its own database and pages. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProgram, type HostOptions } from '@main/host/create'
import { builtPages } from '@main/host/pages'
import { type ServeOptions, serve } from '@main/host/serve'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '@shared/contract'
import { SESSION_FRAGMENT, SOCKET_PROTOCOL } from '@shared/serve-session'
import { WebSocket } from 'ws'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Api = ContractRouterClient<typeof contract>

export interface TestServer {
  readonly port: number
  /** Every link so far; the last one is good. */
  readonly links: readonly string[]
  /** What was reported as a bug. */
  readonly bugs: readonly unknown[]
  readonly folder: string
  /** The path goes out exactly as it is written. */
  get(path: string, asking?: Asking): Promise<Answer>
  /** Uses the newest link. @returns the name of the session */
  enter(): Promise<string>
  /** @param protocols as the page of a session asks for them; @returns an open socket, or the status it was refused with */
  socket(
    headers: Readonly<Record<string, string>>,
    protocols?: readonly string[],
    path?: string,
  ): Promise<WebSocket | number>
  /** The API over a socket of a page that was let in. */
  api(): Promise<{ readonly api: Api; readonly socket: WebSocket }>
  close(): Promise<void>
}

interface Source extends Partial<Pick<ServeOptions, 'pages' | 'session'>>, Pick<HostOptions, 'text' | 'datasets'> {}

/** @param source pages and session other than usual; processes for text and for datasets */
export async function startServer({ text, datasets, ...source }: Source = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-serve-'))
  const pages = join(folder, 'pages')
  mkdirSync(join(pages, 'assets'), { recursive: true })
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(join(pages, 'assets/app.js'), 'export {}')
  writeFileSync(join(folder, 'secret.json'), '{"secret":true}')
  const links: string[] = []
  const bugs: unknown[] = []
  const onBug = (error: unknown) => void bugs.push(error)
  const program = createProgram({
    host: { kind: 'browser' },
    database: join(folder, 'runs.db'),
    workerPath: join(folder, 'no-worker.cjs'),
    jobWorkerPath: join(folder, 'no-worker.cjs'),
    ...(text && { text }),
    ...(datasets && { datasets }),
    onBug,
  })
  const served = await serve({
    services: program.services,
    pages: builtPages(pages),
    port: 0,
    ...source,
    onBug,
    onLink: (url) => void links.push(url),
  })
  const { port } = served
  const own = `127.0.0.1:${port}`

  const get: TestServer['get'] = (path, { method = 'GET', headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port, path, method, headers: { host: own, ...headers } },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('end', () => {
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(parts).toString('utf8'),
            })
          })
        },
      )
      asked.on('error', reject)
      asked.end()
    })

  const enter = async () => {
    const { pathname, search } = new URL(links.at(-1)!)
    const { headers } = await get(pathname + search)
    return headers.location!.slice(`/${SESSION_FRAGMENT}`.length)
  }

  const sockets: WebSocket[] = []
  const socket: TestServer['socket'] = (headers, protocols = [], path = '/api') =>
    new Promise((resolve, reject) => {
      const made = new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], { headers })
      sockets.push(made)
      made.once('open', () => resolve(made))
      made.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
      made.once('error', reject)
    })

  return {
    port,
    links,
    bugs,
    folder,
    get,
    enter,
    socket,
    async api() {
      const opened = await socket({ origin: `http://${own}` }, [SOCKET_PROTOCOL, await enter()])
      if (typeof opened === 'number') throw new Error(`refused with ${opened}`)
      const link = new RPCLink({ websocket: opened as unknown as globalThis.WebSocket })
      return { api: createORPCClient(link), socket: opened }
    },
    async close() {
      for (const each of sockets) each.terminate()
      await served.close()
      await program.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
