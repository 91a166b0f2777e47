import { connect } from 'node:net'
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
    'Host %s is refused, with the right cookie too: what DNS rebinding sends',
    async (name) => {
      const cookie = await server.enter()
      const host = name.replace('PORT', String(server.port))
      const { status, headers, body } = await server.get('/', { headers: { host, cookie } })
      expect(status).toBe(403)
      expect(body).not.toContain('<title>')
      expect(headers['set-cookie']).toBeUndefined()
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
    const cookie = await server.enter()
    for (const foreign of ['http://evil.example', 'null', `https://127.0.0.1:${server.port}`, 'http://127.0.0.1:1'])
      expect((await server.get('/', { headers: { cookie, origin: foreign } })).status).toBe(403)
    expect((await server.get('/', { headers: { cookie, origin: origin() } })).status).toBe(200)
  })

  it('requests that name no host, two, or another one in their first line are refused', async () => {
    const cookie = await server.enter()
    const own = `127.0.0.1:${server.port}`
    const heads = [
      `GET / HTTP/1.0\r\nCookie: ${cookie}`,
      `GET / HTTP/1.1\r\nHost:\r\nCookie: ${cookie}`,
      `GET / HTTP/1.1\r\nHost: evil.example\r\nHost: ${own}\r\nCookie: ${cookie}`,
      `GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: ${own}\r\nCookie: ${cookie}`,
      `GET http://${own}/ HTTP/1.1\r\nHost: evil.example\r\nCookie: ${cookie}`,
      `GET / HTTP/1.1\r\nHost: ${own}@evil.example\r\nCookie: ${cookie}`,
    ]
    for (const head of heads) expect(await raw(head), head).toMatch(/^HTTP\/1\.1 4(00|03) /)
    expect(await raw(`GET / HTTP/1.1\r\nHost: ${own}\r\nCookie: ${cookie}`)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('localhost with the port is this server too', async () => {
    const cookie = await server.enter()
    const { status } = await server.get('/', { headers: { cookie, host: `localhost:${server.port}` } })
    expect(status).toBe(200)
  })
})

describe('the token of the link', () => {
  it('is needed', async () => {
    const { status, body } = await server.get('/')
    expect(status).toBe(401)
    expect(body).toMatch(/Open the link/)
    expect((await server.get('/assets/app.js')).status).toBe(401)
  })

  it('opens the door once', async () => {
    const link = server.links.at(-1)!
    const first = await server.get(`/?token=${tokenOf(link)}`)
    expect(first.status).toBe(303)
    expect(first.headers.location).toBe('/')
    expect(server.links.at(-1)).not.toBe(link)
    const second = await server.get(`/?token=${tokenOf(link)}`)
    expect(second.status).toBe(401)
    expect(second.headers['set-cookie']).toBeUndefined()
  })

  it.each(['', 'x', 'x'.repeat(32), '%00', 'x'.repeat(5000)])('guessed as %.20s is refused', async (token) => {
    expect((await server.get(`/?token=${token}`)).status).toBe(401)
  })

  it('becomes a cookie that scripts and other sites do not get', async () => {
    const answer = await server.get(`/?token=${tokenOf(server.links.at(-1)!)}`)
    const [cookie] = answer.headers['set-cookie']!
    expect(cookie).toMatch(/; HttpOnly(;|$)/)
    expect(cookie).toMatch(/; SameSite=Strict(;|$)/)
    expect(cookie!.split('=')[1]!.length).toBeGreaterThan(30)
  })

  it('accepts two browsers, each with its own cookie', async () => {
    const [first, second] = [await server.enter(), await server.enter()]
    expect(first).not.toBe(second)
    for (const cookie of [first, second]) expect((await server.get('/', { headers: { cookie } })).status).toBe(200)
  })

  it('gives a cookie that another server on this machine does not overwrite', async () => {
    const name = (cookie: string) => cookie.split('=')[0]!
    const other = await startServer()
    try {
      expect(name(await other.enter())).not.toBe(name(await server.enter()))
    } finally {
      await other.close()
    }
  })

  it('a wrong cookie opens nothing', async () => {
    const [name = ''] = (await server.enter()).split('=')
    for (const cookie of [`${name}=x`, `${name}=`, name, `${name}=${'x'.repeat(32)}`, ';;;===', 'a=b'])
      expect((await server.get('/', { headers: { cookie } })).status).toBe(401)
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
    expect((await server.get('/')).status).toBe(401)
  })

  it('opens for a page that was let in', async () => {
    const opened = await server.socket({ origin: origin(), cookie: await server.enter() })
    expect(opened).toBeTypeOf('object')
  })

  it('refuses foreign and missing origins, hosts, cookies and paths', async () => {
    const cookie = await server.enter()
    const [name = ''] = cookie.split('=')
    expect(await server.socket({ cookie })).toBe(403)
    expect(await server.socket({ origin: 'http://evil.example', cookie })).toBe(403)
    expect(await server.socket({ origin: 'null', cookie })).toBe(403)
    // Another program on this machine: its pages are of the same site, so the cookie is sent.
    expect(await server.socket({ origin: 'http://127.0.0.1:1', cookie })).toBe(403)
    expect(await server.socket({ origin: `http://localhost:${server.port}`, cookie })).toBe(403)
    expect(await server.socket({ origin: 'http://evil.example', host: 'evil.example', cookie })).toBe(403)
    expect(await server.socket({ origin: origin() })).toBe(403)
    expect(await server.socket({ origin: origin(), cookie: `${name}=wrong` })).toBe(403)
    expect(await server.socket({ origin: origin(), cookie }, '/')).toBe(403)
    expect(await server.socket({ origin: origin(), cookie }, '/api/../api/x')).toBe(403)
  })
})
