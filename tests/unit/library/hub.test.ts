/** Against a test hub on loopback, which can break connections, send wrong data and refuse requests. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cachedRepositories, cacheFolder } from '@main/library/hub/cache'
import { checkRepositoryId, endpointOf, type HubOptions, readRepository, searchHub } from '@main/library/hub/client'
import { downloadRepository } from '@main/library/hub/download'
import { GpoError } from '@shared/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const COMMIT = 'a'.repeat(40)
const WEIGHTS = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251))
const CONFIG = Buffer.from('{"architectures":["LlamaForCausalLM"]}')

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const gitSha1 = (bytes: Buffer) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')

const siblings = () => [
  { rfilename: 'config.json', size: CONFIG.length, blobId: gitSha1(CONFIG) },
  {
    rfilename: 'model.safetensors',
    size: WEIGHTS.length,
    blobId: 'b'.repeat(40),
    lfs: { sha256: sha256(WEIGHTS), size: WEIGHTS.length },
  },
  { rfilename: 'pytorch_model.bin', size: 10, blobId: 'c'.repeat(40) },
]

interface Behaviour {
  siblings: object[]
  /** Bytes after which the connection of a file breaks; used up one after the other. */
  breaks: number[]
  weights: Buffer
  token: string | null
  requests: { url: string; range: string | undefined; token: string | undefined }[]
}

let folder = ''
let hub: Behaviour
let options: HubOptions & { cache: string }
let close = () => {}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function sendFile(response: ServerResponse, body: Buffer, range: string | undefined, stop: number | undefined): void {
  const start = range ? Number(/bytes=(\d+)-/.exec(range)?.[1]) : 0
  response.writeHead(range ? 206 : 200, { 'content-length': body.length - start })
  if (stop === undefined) response.end(body.subarray(start))
  else {
    response.write(body.subarray(start, start + stop))
    setTimeout(() => response.destroy(), 20)
  }
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? ''
  const { range, authorization } = request.headers
  hub.requests.push({ url, range, token: authorization })
  const found = { id: 'org/tiny', downloads: 7, likes: 2, tags: ['license:mit'], gated: 'auto' }
  const details = { id: 'org/tiny', sha: COMMIT, tags: ['license:apache-2.0'], gated: false, siblings: hub.siblings }
  const files = `/org/tiny/resolve/${COMMIT}/`
  if (hub.token !== null && authorization !== `Bearer ${hub.token}`) response.writeHead(401).end()
  else if (url.startsWith('/api/models?')) sendJson(response, [found])
  else if (url.startsWith('/api/models/org/tiny/revision/main')) sendJson(response, details)
  else if (url === `${files}config.json`) sendFile(response, CONFIG, range, undefined)
  else if (url === `${files}model.safetensors`) sendFile(response, hub.weights, range, hub.breaks.shift())
  else response.writeHead(404).end()
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gpo-hub-'))
  hub = { siblings: siblings(), breaks: [], weights: WEIGHTS, token: null, requests: [] }
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => void server.close()
  options = { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cache: join(folder, 'hub') }
})
afterEach(() => {
  close()
  rmSync(folder, { recursive: true, force: true })
})

const download = async (more: object = {}) =>
  downloadRepository(await readRepository('model', 'org/tiny', options), { ...options, ...more })

async function errorOf(act: () => Promise<unknown>): Promise<GpoError> {
  try {
    await act()
  } catch (error) {
    if (error instanceof GpoError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const filesRequested = () => hub.requests.filter(({ url }) => url.includes('/resolve/'))

describe('the hub', () => {
  it('is searched with licence and gating shown', async () => {
    expect(await searchHub('model', 'tiny', options)).toEqual([
      { id: 'org/tiny', downloads: 7, likes: 2, license: 'mit', isGated: true },
    ])
  })

  it('tells sizes and licence before anything is downloaded', async () => {
    const repository = await readRepository('model', 'org/tiny', options)
    expect(repository).toMatchObject({ commit: COMMIT, license: 'apache-2.0', isGated: false })
    expect(repository.files.map(({ name, bytes }) => [name, bytes])).toContainEqual(['model.safetensors', 5000])
    expect(filesRequested()).toEqual([])
  })

  it('gives what a model needs, into the shared cache, and not what it does not need', async () => {
    const progress: number[] = []
    const snapshot = await download({ onProgress: ({ done }: { done: number }) => progress.push(done) })
    expect(readFileSync(join(snapshot, 'model.safetensors'))).toEqual(WEIGHTS)
    expect(readdirSync(snapshot).sort()).toEqual(['config.json', 'model.safetensors'])
    expect(progress.at(-1)).toBe(WEIGHTS.length + CONFIG.length)
    expect(cachedRepositories('model', options.cache)).toEqual([
      { kind: 'model', id: 'org/tiny', commit: COMMIT, folder: snapshot },
    ])
  })

  it('is not asked again for what is in the cache', async () => {
    await download()
    hub.requests.length = 0
    await download()
    expect(filesRequested()).toEqual([])
  })

  it('goes on where a broken connection stopped', async () => {
    hub.breaks = [1000, 700]
    const snapshot = await download()
    expect(readFileSync(join(snapshot, 'model.safetensors'))).toEqual(WEIGHTS)
    expect(filesRequested().map(({ range }) => range)).toEqual([undefined, undefined, 'bytes=1000-', 'bytes=1700-'])
  })

  it('keeps what came when the connection breaks again and again, and a later download goes on from there', async () => {
    hub.breaks = [100, 100, 100, 100, 100]
    const error = await errorOf(download)
    expect(error.message).toContain('after 500 of 5000 bytes')
    hub.requests.length = 0
    await download()
    expect(filesRequested().at(-1)?.range).toBe('bytes=500-')
  })

  it('is not believed: a file with another checksum is removed and named', async () => {
    hub.weights = Buffer.from(WEIGHTS).fill(1, 100, 101)
    const error = await errorOf(download)
    expect(error.message).toMatch(/model\.safetensors has the checksum/)
    const blobs = join(options.cache, 'models--org--tiny', 'blobs')
    expect(readdirSync(blobs)).toEqual([gitSha1(CONFIG)])
  })

  it('that refuses says what to do; with the token it gives', async () => {
    hub.token = 'hf_secret'
    const error = await errorOf(() => readRepository('model', 'org/tiny', options))
    expect(error.message).toContain('(401)')
    expect(error.message).toContain('token')
    options = { ...options, token: 'hf_secret' }
    expect(existsSync(join(await download(), 'config.json'))).toBe(true)
  })

  it('that does not have it, or cannot be reached, is said so', async () => {
    expect((await errorOf(() => readRepository('model', 'org/other', options))).message).toContain('404')
    close()
    const away = { ...options, endpoint: 'http://127.0.0.1:9' }
    expect((await errorOf(() => readRepository('model', 'org/tiny', away))).message).toContain('could not be reached')
  })

  it.each(['../../etc/passwd', '/etc/passwd', 'a/../../b', 'a\\..\\b', 'C:evil'])(
    'that names a file %j is refused',
    async (rfilename) => {
      hub.siblings = [{ rfilename, size: 3, blobId: 'd'.repeat(40) }]
      expect((await errorOf(() => readRepository('model', 'org/tiny', options))).message).toContain('not safe')
    },
  )

  it('is stopped on request and keeps what came', async () => {
    hub.breaks = [1000]
    const controller = new AbortController()
    const stop = ({ done }: { done: number }) => done > CONFIG.length && controller.abort()
    expect((await errorOf(() => download({ signal: controller.signal, onProgress: stop }))).code).toBe('interrupted')
  })

  it('and its cache are named by the usual variables', () => {
    expect(endpointOf({})).toBe('https://huggingface.co')
    expect(endpointOf({ HF_ENDPOINT: 'http://mirror/' })).toBe('http://mirror')
    expect(cacheFolder({ HF_HOME: '/data/hf' })).toBe('/data/hf/hub')
    expect(cacheFolder({ HF_HUB_CACHE: '/cache' })).toBe('/cache')
    expect(() => checkRepositoryId('../x')).toThrow(GpoError)
  })
})
