import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtPages } from '@main/host/pages'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from './served'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const get = (path: string, method = 'GET') => server.get(path, { method })

const OUTSIDE = [
  '/../secret.json',
  '/..%2fsecret.json',
  '/%2e%2e/secret.json',
  '/assets/../../secret.json',
  '/assets/%2e%2e%2f%2e%2e%2fsecret.json',
  '/..%5csecret.json',
  '//secret.json',
  '/%2fetc/passwd',
  '/....//secret.json',
  '/index.html%00.js',
  '/%',
  '/%ff',
  '/assets',
  '/assets/',
  '/runs.db',
  'http://evil.example/',
  '/\\..\\secret.json',
  '/nothing.js',
]

describe('pages', () => {
  it('come from their folder', async () => {
    expect((await get('/')).body).toContain('<title>page</title>')
    expect((await get('/index.html')).status).toBe(200)
    const script = await get('/assets/app.js')
    expect([script.status, script.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8'])
  })

  it.each(OUTSIDE)('%s leads nowhere', async (path) => {
    const { status, body } = await get(path)
    expect(status).toBe(404)
    expect(body).not.toContain('secret')
  })

  it('a path that is not a path is answered, and the server goes on', async () => {
    for (const path of ['*', '/?token=%', 'http://evil.example/', '//', '///'])
      expect((await get(path)).status).toBeLessThan(500)
    expect((await get('/')).status).toBe(200)
  })

  it('are only read', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await get('/', method)).status).toBe(405)
  })

  it('of a folder are never outside it, however the folder is written', async () => {
    const read = (folder: string, target: string) => builtPages(folder).read(target)
    for (const folder of [
      join(server.folder, 'pages'),
      join(server.folder, 'pages/'),
      join(server.folder, 'x/../pages'),
    ]) {
      expect(await read(folder, '/../secret.json')).toBeNull()
      expect((await read(folder, '/assets/app.js'))?.body.toString()).toBe('export {}')
    }
    expect(await read(join(server.folder, 'page'), '/../pages/index.html')).toBeNull()
  })
})

describe('the headers', () => {
  it.each(['/', '/assets/app.js', '/nothing', '/?token=wrong'])(
    'of %s forbid what the pages do not need',
    async (path) => {
      const { headers } = await get(path)
      const policy = Object.fromEntries(
        String(headers['content-security-policy'])
          .split('; ')
          .map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]),
      )
      expect(policy).toMatchObject({
        'default-src': "'none'",
        'script-src': "'self'",
        'connect-src': "'self'",
        'frame-ancestors': "'none'",
        'form-action': "'none'",
        'base-uri': "'none'",
      })
      expect(policy['script-src']).not.toMatch(/unsafe|\*|http|data:|blob:/)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'permissions-policy': expect.stringMatching(/(^|, )camera=\(\),.* geolocation=\(\),.* microphone=\(\)/),
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      })
      expect(headers['access-control-allow-origin']).toBeUndefined()
      expect(headers['set-cookie']).toBeUndefined()
    },
  )

  it('of refusals are the same, and the refusal does not reveal what exists', async () => {
    const { headers, body } = await server.get('/secret.json')
    expect(headers['content-security-policy']).toBeDefined()
    expect(body).not.toContain(server.folder)
  })
})

it('the real start page has no inline script, no handler in an attribute, nothing from elsewhere', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../src/renderer/index.html'), 'utf8')
  for (const [tag] of page.matchAll(/<script[^>]*>/g)) expect(tag).toMatch(/ src="\//)
  expect(page).not.toMatch(/\son\w+=|https?:\/\/|javascript:/)
})
