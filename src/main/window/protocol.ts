/**
 * The window's pages come from the built files, with headers, under a name that no resolver knows (RFC 6761). All of https is answered here, so
 * that pages have a normal origin and nothing can reach a network.
 */
import { readPage, SECURITY_HEADERS } from '@main/host/pages'
import { protocol } from 'electron'

export const ORIGIN = 'https://gpo-studio.invalid'

/** Call this after the program is ready and before the first window. */
export function servePages(folder: string): void {
  protocol.handle('https', (request) => {
    const url = new URL(request.url)
    const page = url.origin === ORIGIN && request.method === 'GET' ? readPage(folder, decodePath(url.pathname)) : null
    if (!page) return new Response('There is no such page.', { status: 404, headers: SECURITY_HEADERS })
    return new Response(new Uint8Array(page.body), { headers: { ...SECURITY_HEADERS, 'content-type': page.type } })
  })
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return '\0'
  }
}
