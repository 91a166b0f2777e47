import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { type Api, startServer, type TestServer } from './served'

let server: TestServer
let api: Api
let socket: WebSocket
beforeEach(async () => {
  server = await startServer()
  ;({ api, socket } = await server.api())
})
afterEach(() => {
  vi.restoreAllMocks()
  return server.close()
})

const closed = (each: WebSocket) => new Promise<number>((resolve) => each.once('close', (code) => resolve(code)))

/** It still answers, and reported no bug. */
async function expectSound(): Promise<void> {
  const fresh = await server.api()
  expect(await fresh.api.runs.list({})).toEqual([])
  expect(server.bugs).toEqual([])
}

const link = () => new RPCLink({ websocket: socket as unknown as globalThis.WebSocket })

/** A client that knows no contract. */
const raw = () =>
  createORPCClient(link()) as unknown as Record<string, Record<string, (input?: unknown) => Promise<unknown>>>

describe('messages', () => {
  it('for procedures that are not there are refused', async () => {
    for (const [domain, name] of [
      ['runs', 'format'],
      ['nothing', 'list'],
      ['__proto__', 'toString'],
      ['constructor', 'constructor'],
      ['runs', '__proto__'],
      ['runs', 'hasOwnProperty'],
    ] as const)
      await expect(link().call([domain, name], {}, { context: {} })).rejects.toThrow(/not found/i)
    expect(await api.runs.list({})).toEqual([])
    await expectSound()
  })

  it('larger than any of ours close the connection, and only that one', async () => {
    const gone = closed(socket)
    socket.send('x'.repeat(9 * 2 ** 20))
    expect(await gone).toBe(1009)
    await expectSound()
  })

  it.each([
    ['no JSON', 'hello'],
    ['an unfinished one', '{"i":1,"p":{"u":"/runs/li'],
    ['a number', '7'],
    ['null', 'null'],
    ['an empty one', ''],
    ['the wrong fields', '{"i":{},"t":"x","p":[]}'],
    ['a foreign address', '{"i":1,"p":{"u":"http://evil.example/runs/list","m":"POST"}}'],
    ['a deep one', '['.repeat(50_000)],
    ['bytes', Buffer.from([0, 255, 254, 1, 2, 3])],
    ['no bytes', Buffer.alloc(0)],
  ])('that are %s change nothing', async (_what, message) => {
    vi.spyOn(console, 'error').mockImplementation(() => {}) // the transport's message about unreadable data
    socket.send(message)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const fresh = await server.api()
    expect(await fresh.api.runs.list({})).toEqual([])
  })

  it.each<[string, object]>([
    ['an input of no parts', { u: '/runs/get', b: null }],
    ['types of parts that are not there', { u: '/runs/get', b: { json: { id: 'a' }, meta: [[1, '__proto__', 'x']] } }],
    ['types that their values do not have', { u: '/runs/get', b: { json: { id: 'x' }, meta: [[4, 'id']] } }],
    ['an input that is no JSON', { u: '/runs/get?data={', m: 'GET' }],
    ['an address that is none', { u: 7 }],
    ['an empty address', { u: '' }],
    ['half an address', { u: 'http://' }],
    ['headers that are none', { u: '/runs/list', h: { 'content-type': 7 } }],
  ])('with %s are answered with 400, and are no bug', async (_what, call) => {
    const noise = vi.spyOn(console, 'error')
    const answer = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))))
    socket.send(JSON.stringify({ i: '7', p: call }))
    expect(JSON.parse(await answer)).toMatchObject({ i: '7', p: { s: 400, b: { json: { code: 'BAD_REQUEST' } } } })
    expect(await answer).not.toMatch(/\bat .+\.[cm]?[jt]s|node_modules/)
    expect(noise).not.toHaveBeenCalled()
    await expectSound()
  })

  it('in broken frames close the connection, and only that one', async () => {
    const gone = closed(socket)
    const { _socket: wire } = socket as unknown as { _socket: { write(bytes: Uint8Array): void } }
    wire.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))
    expect(await gone).toBeGreaterThan(1000)
    await expectSound()
  })
})

describe('inputs', () => {
  const wrong = () => raw()

  it('of the wrong shape are refused with what is wrong, before anything is done', async () => {
    await expect(wrong()['runs']!['get']!({ id: '../../etc' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(wrong()['runs']!['get']!({ id: 7 })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(wrong()['runs']!['get']!()).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(wrong()['runs']!['list']!({ more: true })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(wrong()['system']!['changeSettings']!({ theme: 'pink' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    await expect(wrong()['system']!['changeSettings']!({ __proto__: null, other: 1 })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    expect(await api.system.settings({})).toEqual({
      theme: 'auto',
      backend: 'auto',
      notifications: true,
      updates: false,
    })
    await expectSound()
  })

  it('with names of files that nobody chose are refused', async () => {
    const invented = `grant-${'x'.repeat(24)}`
    await expect(wrong()['playground']!['inspect']!({ grant: invented })).rejects.toThrow(/No chosen file belongs to/)
    await expect(wrong()['playground']!['inspect']!({ grant: '/etc/passwd' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    await expectSound()
  })

  it('that fail as expected come back with a message and without a stack', async () => {
    const error = await api.runs.get({ id: 'nothere' }).catch((error: unknown) => error as Record<string, unknown>)
    expect(error).toMatchObject({ code: 'GPO', message: expect.stringMatching(/no run nothere/) })
    expect(JSON.stringify(error)).not.toMatch(/\bat .+\.ts|node_modules/)
    await expectSound()
  })
})
