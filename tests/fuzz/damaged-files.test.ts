/** Every format that is read, damaged in thousands of ways. Each time it must be read normally or refused with a GpoError, within a time limit. */
import { rmSync, statSync } from 'node:fs'
import { GpoError } from '@shared/errors'
import { afterAll, describe, expect, test } from 'vitest'
import { damage, folder, TARGETS, TOO_LONG } from '../support/fuzz-targets'

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(TARGETS)('$name', ({ name, cases, reach, timeout, patience, whole, read }) => {
  test(
    `damaged in ${cases} ways is read or refused`,
    async () => {
      const bytes = whole()
      const before = process.memoryUsage().rss
      let refused = 0
      for (let seed = 0; seed < cases; seed++) {
        const broken = damage(bytes, seed, reach)
        const begin = performance.now()
        try {
          await read(broken)
        } catch (error) {
          if (!(error instanceof GpoError))
            throw new Error(`${name}, damage ${seed}: ${String(error)}`, { cause: error })
          expect(error.message.length).toBeLessThan(3000)
          refused++
        }
        if (performance.now() - begin > (patience ?? TOO_LONG))
          throw new Error(`${name}, damage ${seed}: took too long`)
      }
      expect(refused).toBeGreaterThan(0)
      expect(process.memoryUsage().rss - before).toBeLessThan(1e9)
    },
    timeout ?? 120_000,
  )
})

test('the whole files are read', async () => {
  for (const { name, whole, read } of TARGETS) {
    if (name.endsWith('index.json')) continue // its shards are missing
    await read(whole())
  }
  expect(statSync(folder).isDirectory()).toBe(true)
})
