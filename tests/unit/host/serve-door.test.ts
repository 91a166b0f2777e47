import { connect } from 'node:net'
import { SOCKET_PROTOCOL } from '@shared/serve-session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from './served'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const origin = () => `http://127.0.0.1:${server.port}`
const tokenOf = (link: string) => new URL(link).searchParams.get('token')!

/** The answer to exactly these lines. */
const raw = (head: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ''
    const wire = connect(server.port, '127.0.0.1', () => wire.write(`${head}\r\nConnection: close\r\n\r\n`))
    wire.on('data', (text) => {
      answer += text.toString('latin1')
    })
    wire.on('error', reject)
    wire.on('close', () => resolve(answer))
  })

describe('requests under another name', () => {
  it.each(['evil.example', 'evil.example:PORT', '127.0.0.1', 'localhost', '127.0.0.1.evil.example:PORT', '[::1]:PORT'])(
    'Host %s is refused: what DNS rebinding sends',
    async (name) => {
      const host = name.replace('PORT', String(server.port))
      const { status, headers, body } = await server.get('/', { headers: { host } })
      expect(status).toBe(403)
      expect(body).not.toContain('<title>')
      expect(headers.location).toBeUndefined()
    },
  )

  it('a link does not work under another name, and is not used up by trying', async () => {
    const link = new URL(server.links.at(-1)!)
    const foreign = await server.get(link.pathname + link.search, { headers: { host: 'evil.example' } })
    expect(foreign.status).toBe(403)
    const own = await server.get(link.pathname + link.search)
    expect(own.status).toBe(303)
  })

  it('pages of another origin get nothing', async () => {
    for (const foreign of ['http://evil.example', 'null', `https://127.0.0.1:${server.port}`, 'http://127.0.0.1:1'])
      expect((await server.get('/', { headers: { origin: foreign } })).status).toBe(403)
    expect((await server.get('/', { headers: { origin: origin() } })).status).toBe(200)
  })

  it('requests that name no host, two, or another one in their first line are refused', async () => {
    const own = `127.0.0.1:${server.port}`
    const heads = [
      `GET / HTTP/1.0`,
      `GET / HTTP/1.1\r\nHost:`,
      `GET / HTTP/1.1\r\nHost: evil.example\r\nHost: ${own}`,
      `GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: ${own}`,
      `GET http://${own}/ HTTP/1.1\r\nHost: evil.example`,
      `GET / HTTP/1.1\r\nHost: ${own}@evil.example`,
    ]
    for (const head of heads) expect(await raw(head), head).toMatch(/^HTTP\/1\.1 4(00|03) /)
    expect(await raw(`GET / HTTP/1.1\r\nHost: ${own}`)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('localhost with the port is this server too', async () => {
    const { status } = await server.get('/', { headers: { host: `localhost:${server.port}` } })
    expect(status).toBe(200)
  })
})

describe('the token of the link', () => {
  it('opens the door once', async () => {
    const link = server.links.at(-1)!
    const first = await server.get(`/?token=${tokenOf(link)}`)
    expect(first.status).toBe(303)
    expect(first.headers.location).toMatch(/^\/#session=[\w-]{30,}$/)
    expect(server.links.at(-1)).not.toBe(link)
    const second = await server.get(`/?token=${tokenOf(link)}`)
    expect(second.status).toBe(401)
    expect(second.headers.location).toBeUndefined()
    expect(second.body).toContain(`already used: open ${origin()}/ in the browser that used it`)
  })

  it.each(['', 'x', 'x'.repeat(32), '%00', 'x'.repeat(5000)])('guessed as %.20s is refused', async (token) => {
    expect((await server.get(`/?token=${token}`)).status).toBe(401)
  })

  it('becomes no cookie, which browsers would send to every server on this machine', async () => {
    const answer = await server.get(`/?token=${tokenOf(server.links.at(-1)!)}`)
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.body).toBe('')
  })

  it('accepts two browsers, each with its own session', async () => {
    const [first, second] = [await server.enter(), await server.enter()]
    expect(first).not.toBe(second)
    for (const session of [first, second])
      expect(await server.socket({ origin: origin() }, [SOCKET_PROTOCOL, session])).toBeTypeOf('object')
  })
})

describe('the WebSocket', () => {
  it('goes on when whoever was refused hangs up first', async () => {
    for (let i = 0; i < 20; i++) {
      await new Promise<void>((resolve) => {
        const wire = connect(server.port, '127.0.0.1', () => {
          wire.write(`GET /api HTTP/1.1\r\nHost: evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`)
          setTimeout(() => wire.resetAndDestroy(), i % 3)
        })
        wire.on('error', () => {})
        wire.on('close', () => resolve())
      })
    }
    expect((await server.get('/')).status).toBe(200)
  })

  it('opens for a page that was let in, and does not say its session', async () => {
    const opened = await server.socket({ origin: origin() }, [SOCKET_PROTOCOL, await server.enter()])
    expect(opened).toMatchObject({ protocol: SOCKET_PROTOCOL })
  })

  it('refuses foreign and missing origins, hosts, sessions and paths', async () => {
    const asked = [SOCKET_PROTOCOL, await server.enter()]
    const [, session = ''] = asked
    expect(await server.socket({}, asked)).toBe(403)
    for (const foreign of ['http://evil.example', 'null', 'http://127.0.0.1:1', `http://localhost:${server.port}`])
      expect(await server.socket({ origin: foreign }, asked), foreign).toBe(403)
    expect(await server.socket({ origin: 'http://evil.example', host: 'evil.example' }, asked)).toBe(403)
    const wrong = [[], [SOCKET_PROTOCOL], [session], [session, SOCKET_PROTOCOL], [SOCKET_PROTOCOL, 'wrong']]
    for (const protocols of wrong)
      expect(await server.socket({ origin: origin() }, protocols), String(protocols)).toBe(403)
    expect(await server.socket({ origin: origin(), cookie: `gpo-session=${session}` })).toBe(403)
    expect(await server.socket({ origin: origin() }, asked, '/')).toBe(403)
    expect(await server.socket({ origin: origin() }, asked, '/api/../api/x')).toBe(403)
  })
})
