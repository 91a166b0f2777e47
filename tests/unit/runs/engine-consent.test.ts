/** Servers on other machines are used only when the person has named them. */
import { allowEngines, refuseForeignEngines } from '@main/runs/engine-consent'
import { openStore } from '@main/store/open'
import { addressProblem, engineAddress, isLoopback } from '@shared/engines/address'
import { planSchema } from '@shared/schemas/plan'
import { afterEach, expect, test } from 'vitest'

const store = openStore(':memory:')
afterEach(() => store.db.exec('DELETE FROM settings'))

const planWith = (...engines: string[]) =>
  planSchema.parse({
    model: { path: 'bundled:tiny' },
    data: { train: { path: 'rows.jsonl' } },
    objective: { kind: 'grpo' },
    rollout: { engines },
  })

test('this machine needs no consent, another one does, once, for all paths of its port', () => {
  refuseForeignEngines(store, planWith('http://127.0.0.1:8000', 'http://localhost:1', 'http://[::1]:8000/base'))
  const other = planWith('http://127.0.0.1:8000', 'http://10.0.0.5:8000/a')
  expect(() => refuseForeignEngines(store, other)).toThrow(/10\.0\.0\.5:8000.*another machine.*--engine/)
  allowEngines(store, ['http://10.0.0.5:8000'])
  refuseForeignEngines(store, other)
  expect(() => refuseForeignEngines(store, planWith('http://10.0.0.5:8001'))).toThrow(/10\.0\.0\.5:8001/)
  expect(() => refuseForeignEngines(store, planWith('https://10.0.0.5:8000'))).toThrow(/https/)
})

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
