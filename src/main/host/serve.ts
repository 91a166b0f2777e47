/**
 * `gpo serve`: the same pages in a browser, on loopback only. A link with a one-time token starts a session, whose name the page keeps and shows
 * when it opens the WebSocket to the API. The pages themselves are no secret. Requests with a foreign Host or Origin are refused, which stops DNS
 * rebinding and other sites.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { toWireError } from '@main/api/base'
import { router } from '@main/api/router'
import { onError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { guarded } from '@shared/guarded'
import { SESSION_FRAGMENT, SOCKET_PROTOCOL } from '@shared/serve-session'
import { WebSocketServer } from 'ws'
import type { Services } from '../api/services'
import { onlyCalls } from './calls'
import { closeServer, LOOPBACK, listen } from './listen'
import { type Pages, pathOf } from './pages'

/** Largest message in bytes; a plan or a page of rows is far smaller. */
const MAX_MESSAGE = 8 * 2 ** 20

export interface ServeOptions {
  readonly services: Services
  readonly pages: Pages
  /** 0 = any free port. */
  readonly port: number
  /** The session that every link opens; without it, each link opens one of its own. */
  readonly session?: string
  readonly onBug: (error: unknown) => void
  /** Called with a fresh link at the start and whenever the last one was used. */
  readonly onLink: (url: string) => void
}

export interface Served {
  readonly port: number
  close(): Promise<void>
}

const newToken = () => randomBytes(24).toString('base64url')

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** What a page asks for besides the protocol: the name of its session. */
const sessionOf = ({ headers }: IncomingMessage): string => {
  const [protocol, session] = (headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim())
  return protocol === SOCKET_PROTOCOL ? (session ?? '') : ''
}

/** The sessions, and the one-time token for the next one. */
function createDoor(onToken: (token: string) => void, shared: string | undefined) {
  const sessions = new Set(shared === undefined ? [] : [shared])
  let token = newToken()
  return {
    announce: () => onToken(token),
    isOpen: (request: IncomingMessage) => {
      const given = sessionOf(request)
      return [...sessions].some((session) => isSame(session, given))
    },
    /** @returns the session's name, or null if the token is wrong */
    enter(given: string): string | null {
      if (!isSame(given, token)) return null
      const session = shared ?? newToken()
      sessions.add(session)
      token = newToken()
      onToken(token)
      return session
    },
  }
}

/** @throws {GpoError} 'usage' if the port is taken */
export async function serve({ services, pages, port, session, onBug, onLink }: ServeOptions): Promise<Served> {
  let address = ''
  const door = createDoor((token) => onLink(`http://${address}/?token=${token}`), session)

  const refuse = (response: ServerResponse, status: number, message: string): void => {
    if (response.headersSent) return void response.destroy()
    response.writeHead(status, { ...pages.headers, 'content-type': 'text/plain; charset=utf-8' })
    response.end(`${message}\n`)
  }

  /** True if Host names this server on loopback and Origin is one of its own pages. */
  const isOwn = ({ headers }: IncomingMessage, needsOrigin: boolean): boolean => {
    const port = address.split(':')[1]
    const hosts = [address, `localhost:${port}`]
    if (headers.host === undefined || !hosts.includes(headers.host)) return false
    if (headers.origin === undefined) return !needsOrigin
    return headers.origin === `http://${headers.host}`
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isOwn(request, false)) return refuse(response, 403, 'Only pages of this program may use this address.')
    if (request.method !== 'GET') return refuse(response, 405, 'Only GET.')
    const { url: target = '/' } = request
    const token = new URLSearchParams(target.slice(pathOf(target).length)).get('token')
    if (token !== null) {
      const session = door.enter(token)
      if (session === null)
        return refuse(
          response,
          401,
          `This link was already used: open http://${address}/ in the browser that used it, or the newest link that \`gpo serve\` printed.`,
        )
      response.writeHead(303, { ...pages.headers, location: `/${SESSION_FRAGMENT}${session}` })
      return void response.end()
    }
    const page = await pages.read(target)
    if (!page) return refuse(response, 404, 'There is no such page.')
    response.writeHead(200, { ...pages.headers, 'content-type': page.type })
    response.end(page.body)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      onBug(error)
      refuse(response, 500, 'The page could not be read.')
    })
  })

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    handleProtocols: () => SOCKET_PROTOCOL,
  })
  const handler = new RPCHandler(router, {
    // Around the procedure: what cannot even be read as its input is the caller's mistake, which the transport answers with 400.
    clientInterceptors: [
      onError((error) => {
        throw toWireError(error, onBug)
      }),
    ],
  })
  const upgrade = guarded(onBug, (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {}) // a refused client may close the connection first
    if (pathOf(request.url ?? '/') !== '/api' || !isOwn(request, true) || !door.isOpen(request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (socket) => {
      socket.on('error', () => {}) // the socket closes itself: the message was too large or a frame broken
      guarded(onBug, () => handler.upgrade(onlyCalls(socket), { context: services }))()
    })
  })
  server.on('upgrade', upgrade)

  address = `${LOOPBACK}:${await listen(server, port)}`
  server.on('error', onBug)
  door.announce()
  return {
    port: Number(address.split(':')[1]),
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      await closeServer(server)
    },
  }
}
