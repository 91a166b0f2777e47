/**
 * The window's pages come with their headers under a name that no resolver knows (RFC 6761). All of https is answered here, so that a page has an
 * origin like any other, and nothing can reach a network.
 */
import type { Pages } from '@main/host/pages'
import { protocol } from 'electron'

export const ORIGIN = 'https://gpo-studio.invalid'

/** After the program is ready, before the first window. */
export function servePages({ headers, read }: Pages): void {
  protocol.handle('https', async (request) => {
    const url = new URL(request.url)
    const page = url.origin === ORIGIN && request.method === 'GET' ? await read(url.pathname + url.search) : null
    if (!page) return new Response('There is no such page.', { status: 404, headers })
    return new Response(new Uint8Array(page.body), { headers: { ...headers, 'content-type': page.type } })
  })
}
