/**
 * The part of llama.cpp's HTTP interface that training needs, on loopback only: token ids in, token ids with log-probabilities out, and adapters that come and
 * go. Requests with a foreign Host or from a web page are refused, so that no site reaches it through the browser of this machine.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { closeServer, LOOPBACK, listen } from '@main/host/listen'
import { describeError } from '@shared/errors'
import { shown } from '@shared/shown'
import type { Engine } from './engine'
import { completionRequest, loadRequest, parsed, Refused, unloadRequest } from './requests'

export interface ServerOptions {
  readonly engine: Engine
  /** 0 = any free port. */
  readonly port: number
  readonly onBug: (error: unknown) => void
}

export interface RunningServer {
  readonly address: string
  close(): Promise<void>
}

const MAX_BYTES = 4 * 2 ** 20
/** Longer than training takes between two requests: a connection that closes as it is used is a failed request. */
const KEEP_ALIVE_MS = 600_000

/** @param signal ends when nobody waits for the answer any more */
type Route = (engine: Engine, body: string, signal: AbortSignal) => unknown

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /health': () => ({ status: 'ok' }),
  'GET /props': ({ model, build, context }) => ({
    default_generation_settings: {},
    model_path: model,
    build_info: build,
    loads_lora_adapters: true,
    n_ctx: context,
  }),
  'GET /lora-adapters': ({ adapters }) => adapters.list().map((one) => ({ ...one, scale: 0 })),
  'POST /lora-adapters/load': async ({ adapters }, body) => {
    const { path, name } = parsed(body, loadRequest)
    return { id: await adapters.load(path, name) }
  },
  'POST /lora-adapters/unload': async ({ adapters }, body) => {
    const { id } = parsed(body, unloadRequest)
    await adapters.unload(id)
    return { id }
  },
  'POST /completion': async (engine, body, signal) => {
    const request = parsed(body, completionRequest)
    const { tokens, logprobs, ended, cached } = await engine.sample(request, signal)
    return {
      content: '',
      tokens,
      completion_probabilities: tokens.map((id, i) => ({ id, logprob: logprobs[i] })),
      stop_type: ended,
      tokens_cached: cached,
      tokens_evaluated: request.prompt.length,
      tokens_predicted: tokens.length,
    }
  },
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.byteLength
    if (bytes > MAX_BYTES) throw new Refused(413, `The request is larger than ${MAX_BYTES / 2 ** 20} MiB.`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** @throws {Refused} */
function refuseForeign({ headers, method }: IncomingMessage, port: number): void {
  const hosts = [`${LOOPBACK}:${port}`, `localhost:${port}`]
  if (headers.host === undefined || !hosts.includes(headers.host))
    throw new Refused(403, 'Only programs of this machine may use this address.')
  if (headers.origin !== undefined) throw new Refused(403, 'Web pages may not use this address.')
  if (method === 'POST' && !/^application\/json\b/.test(headers['content-type'] ?? ''))
    throw new Refused(415, 'A request is JSON: set content-type to application/json.')
}

function refusalOf(error: unknown, onBug: (error: unknown) => void): Refused {
  if (error instanceof Refused) return error
  onBug(error)
  return new Refused(500, `llama.cpp failed: ${describeError(error)}.`)
}

function send(response: ServerResponse, status: number, value: unknown): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(value))
}

/** @throws {GpoError} 'usage' if the port is taken */
export async function startServer({ engine, port, onBug }: ServerOptions): Promise<RunningServer> {
  let own = port
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    try {
      refuseForeign(request, own)
      const name = `${request.method} ${request.url}`
      const route = Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined
      if (!route) throw new Refused(404, `There is no ${shown(name, 120)} here.`)
      send(response, 200, await route(engine, await bodyOf(request), gone.signal))
    } catch (error) {
      if (gone.signal.aborted) return
      const { status, message } = refusalOf(error, onBug)
      send(response, status, { error: { code: status, message } })
    }
  }
  const server = createServer((request, response) => void answer(request, response))
  server.keepAliveTimeout = KEEP_ALIVE_MS
  own = await listen(server, port)
  server.on('error', onBug)
  return {
    address: `http://${LOOPBACK}:${own}`,
    close: () => closeServer(server),
  }
}
