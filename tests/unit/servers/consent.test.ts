/** Servers on other machines are used only when the person has named them, and never because a database or a plan says so. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessTo } from '@main/servers/access'
import { allowEngines, refuseForeignEngines } from '@main/servers/consent'
import { forgetServer, keepServer, knownServers } from '@main/servers/known'
import { addressProblem, engineAddress, isLoopback } from '@shared/engines/address'
import { planSchema } from '@shared/schemas/plan'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gpo-servers-'))
  vi.stubEnv('GPO_STUDIO_HOME', home)
  vi.stubEnv('GPO_ENGINE_KEY', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

const planWith = (...engines: string[]) =>
  planSchema.parse({
    model: { path: 'bundled:tiny' },
    data: { train: { path: 'rows.jsonl' } },
    objective: { kind: 'grpo' },
    rollout: { engines },
  })

test('this machine needs no consent, another one does, once, for all paths of its port', () => {
  refuseForeignEngines(planWith('http://127.0.0.1:8000', 'http://localhost:1', 'http://[::1]:8000/base'))
  const other = planWith('http://127.0.0.1:8000', 'http://10.0.0.5:8000/a')
  expect(() => refuseForeignEngines(other)).toThrow(/10\.0\.0\.5:8000.*another machine.*Settings.*--engine/)
  allowEngines(['http://10.0.0.5:8000'])
  refuseForeignEngines(other)
  expect(() => refuseForeignEngines(planWith('http://10.0.0.5:8001'))).toThrow(/10\.0\.0\.5:8001/)
  expect(() => refuseForeignEngines(planWith('https://10.0.0.5:8000'))).toThrow(/https/)
})

test('what was named on the command line is listed, and forgotten it is refused again', () => {
  allowEngines(['http://127.0.0.1:8000', 'http://10.0.0.5:8000', 'http://10.0.0.5:8000/', 'http://gpu1:9/base'])
  expect(knownServers().map(({ address }) => address)).toEqual(['http://10.0.0.5:8000', 'http://gpu1:9/base'])
  forgetServer('http://10.0.0.5:8000')
  expect(() => refuseForeignEngines(planWith('http://10.0.0.5:8000'))).toThrow(/another machine/)
  refuseForeignEngines(planWith('http://gpu1:9'))
})

test('a server that is named again on the command line keeps the way its adapter is copied', () => {
  const copy = { command: 'rsync -a {from}/ gpu1:{to}/', folder: '/tmp/gpo' }
  keepServer({ address: 'http://gpu1:8000', copy })
  allowEngines(['http://gpu1:8000'])
  const plan = planWith('http://gpu1:8000/', 'http://gpu1:8000', 'http://127.0.0.1:1')
  expect(accessTo(plan, (address) => (address.includes('gpu1') ? 'secret' : null))).toEqual([
    { address: 'http://gpu1:8000', key: 'secret', copy },
    { address: 'http://127.0.0.1:1', key: null, copy: null },
  ])
  expect(readFileSync(join(home, 'servers.json'), 'utf8')).not.toContain('secret')
})

test('another path of a named server has its key and its copy command', () => {
  const copy = { command: 'rsync {from} {to}', folder: '/srv' }
  keepServer({ address: 'http://gpu1:8000', copy })
  const keyOf = (address: string) => (address === 'http://gpu1:8000' ? 'secret' : null)
  expect(accessTo(planWith('http://gpu1:8000/engine', 'http://127.0.0.1:8000'), keyOf)).toEqual([
    { address: 'http://gpu1:8000/engine', key: 'secret', copy },
    { address: 'http://127.0.0.1:8000', key: null, copy: null },
  ])
})

test.each(['{', '[]', '{"version":1,"servers":[{"address":"ftp://x"}]}', '{"version":2,"servers":[]}'])(
  'a damaged list is named and kept, and stops only what needs it: %s',
  (text) => {
    const file = join(home, 'servers.json')
    writeFileSync(file, text)
    refuseForeignEngines(planWith('http://127.0.0.1:8000'))
    expect(() => allowEngines(['http://gpu1:8000'])).toThrow(/servers\.json, cannot be read.*correct or remove/)
    expect(() => refuseForeignEngines(planWith('http://gpu1:8000'))).toThrow(/servers\.json/)
    expect(readFileSync(file, 'utf8')).toBe(text)
  },
)

test.each(['127.0.0.1.evil.org', 'localhost.evil.org', '0.0.0.0', '10.1.2.3', '[::ffff:a00:5]'])(
  '%s is not this machine',
  (host) => expect(isLoopback(engineAddress(`http://${host}:8000`)!)).toBe(false),
)

test.each([
  '',
  '127.0.0.1:8000',
  'ftp://127.0.0.1',
  'http://user:secret@127.0.0.1',
  'http://127.0.0.1?a=b',
  'file:///etc',
])('%s is no address of a server', (text) => {
  expect(addressProblem(text)).toMatch(/no address of a server/)
  expect(() => planWith(text)).toThrow(/no address of a server/)
})
