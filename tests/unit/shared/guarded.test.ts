import { guarded } from '@shared/guarded'
import { expect, it, vi } from 'vitest'

it('what a callback throws or rejects with is reported, and the caller goes on', async () => {
  const onBug = vi.fn()
  guarded(onBug, (what: string) => {
    throw new Error(what)
  })('thrown')
  guarded(onBug, async () => {
    throw new Error('rejected')
  })()
  await Promise.resolve()
  expect(onBug.mock.calls.map(([error]) => error.message)).toEqual(['thrown', 'rejected'])
})
