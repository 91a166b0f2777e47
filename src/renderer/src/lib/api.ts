/** The program's API as the window sees it: over a message port in Electron, over a WebSocket in a browser. */
import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import type { contract } from '@shared/contract'
import { SESSION_FRAGMENT, SOCKET_PROTOCOL } from '@shared/serve-session'
import { WebSocket } from 'partysocket'

export const isElectron = window.location.hostname === 'gpo-studio.invalid'

function openPort(): PortLink<Record<never, never>> {
  const { port1, port2 } = new MessageChannel()
  window.postMessage('gpo:connect', window.location.origin, [port2])
  port1.start()
  return new PortLink({ port: port1 })
}

const SESSION_KEY = 'gpo-session'

/**
 * The session of the link that was opened, in this tab or in another one before. It is kept for this address with its port, which no other
 * server on this machine can read, and ends with the program.
 */
function takeSession(): string {
  const { hash, pathname } = window.location
  if (hash.startsWith(SESSION_FRAGMENT)) {
    window.localStorage.setItem(SESSION_KEY, hash.slice(SESSION_FRAGMENT.length))
    window.history.replaceState(null, '', pathname)
  }
  return window.localStorage.getItem(SESSION_KEY) ?? 'none'
}

function openSocket(): SocketLink<Record<never, never>> {
  const socket = new WebSocket(`ws://${window.location.host}/api`, [SOCKET_PROTOCOL, takeSession()])
  const tell = (isOpen: boolean) => {
    for (const listener of connectionListeners) listener(isOpen)
  }
  socket.addEventListener('open', () => tell(true))
  socket.addEventListener('close', () => tell(false))
  return new SocketLink({ websocket: socket as unknown as globalThis.WebSocket })
}

const connectionListeners = new Set<(isOpen: boolean) => void>()

/** Calls back when the connection to the program is lost or restored. @returns a function that stops listening */
export function onConnection(listener: (isOpen: boolean) => void): () => void {
  connectionListeners.add(listener)
  return () => connectionListeners.delete(listener)
}

export const api: ContractRouterClient<typeof contract> = createORPCClient(isElectron ? openPort() : openSocket())

/** Query and mutation options of every procedure, for TanStack Query. */
export const queries = createTanstackQueryUtils(api)
