/** The pages as a Vite server makes them, each time they are asked for: the program's own headers, and what hot reload needs beyond them. */
import { type Pages, SECURITY_HEADERS } from '@main/host/pages'

export interface PageServer {
  /** Origin of the Vite server. */
  readonly server: string
  /** Of the inline script that Vite puts into the start page. */
  readonly nonce: string
}

/** @param socket where Vite says what has changed */
function developmentPolicy(nonce: string, socket: string): string {
  const policy = SECURITY_HEADERS['content-security-policy'] ?? ''
  return policy
    .replace("script-src 'self'", `script-src 'self' 'nonce-${nonce}'`)
    .replace("connect-src 'self'", `connect-src 'self' ${socket}`)
}

export function developmentPages({ server, nonce }: PageServer): Pages {
  const socket = server.replace(/^http/, 'ws')
  return {
    headers: { ...SECURITY_HEADERS, 'content-security-policy': developmentPolicy(nonce, socket) },
    alsoReached: [socket],
    async read(target) {
      if (!target.startsWith('/')) return null
      const answer = await fetch(server + target)
      if (!answer.ok) return null
      const type = answer.headers.get('content-type') ?? 'application/octet-stream'
      return { body: Buffer.from(await answer.arrayBuffer()), type }
    },
  }
}
