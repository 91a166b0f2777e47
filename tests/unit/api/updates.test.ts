import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { newestVersion } from '../../../src/main/api/updates'

let server: Server | null = null
afterEach(() => void server?.close())

async function serve(listener: RequestListener): Promise<string> {
  const made = createServer(listener)
  server = made
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}/newest.json`
}

const answer = (body: string) => serve((_, response) => response.end(body))
const ask = (address: string | null, isAllowed = true) => newestVersion({ isAllowed, address, version: '0.9.10' })

it.each([
  ['0.9.9', false],
  ['0.9.10', false],
  ['0.9.11', true],
  ['0.10.0', true],
  ['1.0.0', true],
  ['0.8.99', false],
])('%s is newer than 0.9.10: %s', async (version, isNewer) => {
  expect(await ask(await answer(JSON.stringify({ version })))).toEqual({ version, isNewer })
})

it('asks nobody while it is off, and sends nothing about the person when it is on', async () => {
  const asked: Record<string, unknown>[] = []
  const address = await serve(({ method, url, headers }, response) => {
    asked.push({ method, url, headers: Object.keys(headers).toSorted(), agent: headers['user-agent'] })
    response.end('{"version":"1.0.0"}')
  })
  await expect(ask(address, false)).rejects.toMatchObject({ code: 'usage', message: /is off/ })
  expect(asked).toEqual([])
  await ask(address)
  expect(asked).toHaveLength(1)
  expect(asked[0]).toMatchObject({ method: 'GET', url: '/newest.json', agent: 'GPO Studio' })
  expect(asked[0]?.['headers']).not.toContain('cookie')
})

it('without a place to ask, it says so', async () => {
  await expect(ask(null)).rejects.toMatchObject({ code: 'usage', message: /names no place/ })
})

it.each([
  '<html>',
  '{}',
  '{"version":"newest"}',
  '{"version":"1.0.0-<b>"}',
  `{"version":"1.0.0","x":"${'y'.repeat(20_000)}"}`,
])('an answer that names no version is an error: %.40s', async (body) => {
  await expect(ask(await answer(body))).rejects.toMatchObject({ code: 'notFound' })
})

it('is not sent elsewhere, and an answer that is an error is one', async () => {
  const moved = await serve((_, response) => response.writeHead(302, { location: '/other' }).end())
  await expect(ask(moved)).rejects.toMatchObject({ code: 'notFound' })
  server?.close()
  const broken = await serve((_, response) => response.writeHead(500).end('{"version":"9.0.0"}'))
  await expect(ask(broken)).rejects.toMatchObject({ code: 'notFound', message: /answers with 500/ })
})
