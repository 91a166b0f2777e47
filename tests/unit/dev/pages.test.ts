/** What developing adds to the pages' policy, behind the same door; the built pages have none of it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { developmentPages } from '@main/dev/pages'
import { builtPages, type Pages } from '@main/host/pages'
import { SOCKET_PROTOCOL } from '@shared/serve-session'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startServer, type TestServer } from '../host/served'

/** Answers as a Vite server would, with what it was asked for. */
const vite = createServer((request, response) => {
  response.statusCode = request.url === '/broken.tsx' ? 500 : 200
  response.setHeader('content-type', 'text/javascript').setHeader('access-control-allow-origin', '*').end(request.url)
})
let pages: Pages
let server: TestServer
let origin = ''
beforeAll(async () => {
  await new Promise<void>((ready) => vite.listen(0, '127.0.0.1', ready))
  origin = `127.0.0.1:${(vite.address() as AddressInfo).port}`
  pages = developmentPages({ server: `http://${origin}`, nonce: 'n0nce' })
  server = await startServer({ pages, session: 'kept' })
})
afterAll(async () => {
  await server.close()
  vite.close()
})

const directives = ({ headers }: Pages) => String(headers['content-security-policy']).split('; ')

it('two directives differ from those of the built pages: the nonce of one script, the socket that tells of changes', () => {
  const built = directives(builtPages('anywhere'))
  const added = directives(pages).filter((directive) => !built.includes(directive))
  expect(added).toEqual(["script-src 'self' 'nonce-n0nce'", `connect-src 'self' ws://${origin}`])
  expect(directives(pages)).toHaveLength(built.length)
  expect({ ...pages.headers, 'content-security-policy': '' }).toEqual({
    ...builtPages('anywhere').headers,
    'content-security-policy': '',
  })
})

it('the window reaches that socket while developing, and nothing but its own pages when built', () => {
  expect(pages.alsoReached).toEqual([`ws://${origin}`])
  expect(builtPages('anywhere').alsoReached).toEqual([])
})

it('pages come with the query as it was asked, and only to this host', async () => {
  expect((await server.get('/', { headers: { origin: 'http://evil.example' } })).status).toBe(403)
  const { status, body, headers } = await server.get('/@fs/a%20b.tsx?import&t=1')
  expect([status, body]).toEqual([200, '/@fs/a%20b.tsx?import&t=1'])
  expect(headers['access-control-allow-origin']).toBeUndefined()
})

it('a module that cannot be made, and another host, are no pages', async () => {
  expect(await pages.read('/broken.tsx')).toBeNull()
  expect(await pages.read('http://evil.example/')).toBeNull()
  expect((await pages.read('//evil.example/x'))?.body.toString()).toBe('//evil.example/x')
})

it('a session that is kept is known to the server that takes over; without it each link opens another', async () => {
  expect(await server.enter()).toBe('kept')
  const next = await startServer({ pages, session: 'kept' })
  const other = await startServer({ pages })
  try {
    const open = ({ port, socket }: TestServer) =>
      socket({ origin: `http://127.0.0.1:${port}` }, [SOCKET_PROTOCOL, 'kept'])
    expect(await open(next)).toBeTypeOf('object')
    expect(await open(other)).toBe(403)
    expect(await other.enter()).not.toBe(await other.enter())
  } finally {
    await next.close()
    await other.close()
  }
})
