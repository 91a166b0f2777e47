/**
 * The window's pages come with their headers under a name that no resolver knows (RFC 6761). All of https is answered here, so
 * that pages have a normal origin and nothing can reach a network.
 */
import type { Pages } from '@main/host/pages'
import { protocol } from 'electron'
import { ORIGIN } from './origin'

/** Call this after the program is ready and before the first window. */
export function servePages({ headers, read }: Pages): void {
  protocol.handle('https', async (request) => {
    const url = new URL(request.url)
    const page = url.origin === ORIGIN && request.method === 'GET' ? await read(url.pathname + url.search) : null
    if (!page) return new Response('There is no such page.', { status: 404, headers })
    return new Response(new Uint8Array(page.body), { headers: { ...headers, 'content-type': page.type } })
  })
}
