/** Who may ask the server, and what it answers, with an engine that only counts. */
import { mkdtempSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine } from '@main/engines/open'
import { createAdapters } from '@main/serve-engine/adapters'
import type { Continued } from '@main/serve-engine/continuation'
import { libraryFolder } from '@main/serve-engine/library'
import { startServer } from '@main/serve-engine/server'
import { afterAll, beforeAll, expect, test } from 'vitest'

const answer: Continued = { tokens: [4, 2], logprobs: [-0.5, -0.25], ended: 'eos', cached: 0 }
const asked: object[] = []
const adapters = createAdapters(async () => ({ sample: async () => answer, close: async () => {} }))
const engine = {
  ...{ model: '/m.gguf', build: 'test', context: 64, adapters, close: async () => {} },
  sample: async (one: object) => {
    asked.push(one)
    return answer
  },
}
let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  server = await startServer({
    engine,
    port: 0,
    onBug: (error) => {
      throw error
    },
  })
})
afterAll(() => server.close())

function send(path: string, headers: Record<string, string>, body?: string) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const one = request(`${server.address}${path}`, { method: body === undefined ? 'GET' : 'POST', headers })
    one.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    one.on('error', reject)
    one.end(body)
  })
}

const JSON_TYPE = { 'content-type': 'application/json' }

test('our own client takes it as one that follows a policy', async () => {
  const signal = AbortSignal.timeout(5000)
  const client = await openEngine({ address: server.address, key: null }, 10)
  expect(client.capabilities).toMatchObject({ kind: 'llama.cpp', loadsAdapters: true, version: 'test' })
  await client.health(signal)
  const policy = { name: 'v1', version: 1 }
  await client.loadPolicy({ folder: '/a', gguf: '/a/1.gguf' }, policy, signal)
  await client.loadPolicy({ folder: '/a', gguf: '/a/1.gguf' }, policy, signal)
  expect(adapters.list()).toMatchObject([{ name: 'v1', path: '/a/1.gguf' }])
  const limits = { maxNewTokens: 4, temperature: 1, topP: 1, topK: 0, stopTokens: [2] }
  const [one] = await client.sample({ prefix: Int32Array.of(1), seeds: [3], limits, policy }, signal)
  expect(one).toMatchObject({ tokens: Int32Array.of(4, 2), ended: 'stop' })
  const { id } = adapters.list()[0]!
  expect(asked.at(-1)).toMatchObject({ prompt: [1], lora: [{ id, scale: 1 }], stop_token_ids: [2] })
  await client.unloadPolicy(policy, signal)
  expect(adapters.list()).toEqual([])
})

test.each([
  ['a foreign host', '/props', { host: 'example.com' }, undefined, 403],
  ['a web page', '/props', { origin: 'http://127.0.0.1' }, undefined, 403],
  ['a form', '/completion', { 'content-type': 'text/plain' }, '{}', 415],
  ['an unknown path', '/v1/models', {}, undefined, 404],
  ['a name of every object', '/toString', {}, undefined, 404],
  ['a request that lacks everything', '/completion', JSON_TYPE, '{}', 400],
  ['an adapter that is not loaded', '/lora-adapters/unload', JSON_TYPE, '{"id":1}', 404],
  ['more than four megabytes', '/completion', JSON_TYPE, ' '.repeat(5 * 2 ** 20), 413],
])('refuses %s', async (_, path, headers: Record<string, string>, body, status) => {
  const answered = await send(path, headers, body)
  expect(answered.status, answered.text).toBe(status)
  expect(JSON.parse(answered.text)).toMatchObject({ error: { code: status, message: expect.stringMatching(/\.$/) } })
})

test('says what to install, and where', () => {
  const own = join(mkdtempSync(join(tmpdir(), 'gpo-test-')), 'engine')
  expect(() => libraryFolder([undefined, ''], own)).toThrow(`npm install --prefix ${own} node-llama-cpp`)
  expect(() => libraryFolder(['/nowhere', own], own)).toThrow(/not installed in \/nowhere/)
})
