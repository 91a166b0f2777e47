import { beyondLimits } from '@shared/json-limits'
import fc from 'fast-check'
import { expect, it } from 'vitest'

/** Lists, objects and their members, counted in the parsed value. */
const countOf = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  const members = Object.values(value)
  return 1 + Math.max(0, members.length - 1) + members.reduce((sum: number, one) => sum + countOf(one), 0)
}
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0

it('measures as the parsed value has it, whatever its texts hold', () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: 'medium' }), (value) => {
      const text = JSON.stringify(value)
      const [depth, values] = [depthOf(JSON.parse(text)), countOf(JSON.parse(text))]
      expect(beyondLimits(text, { depth, values })).toBeNull()
      if (values > 0) expect(beyondLimits(text, { depth, values: values - 1 })).toMatch(/more than .* values/)
      if (depth > 0) expect(beyondLimits(text, { depth: depth - 1, values })).not.toBeNull()
    }),
    { seed: 1, numRuns: 500 },
  )
})

it('ignores what is in a text, also behind a backslash', () => {
  const limits = { depth: 1, values: 2 }
  expect(beyondLimits(JSON.stringify(['[[{,,,"', '\\']), limits)).toBeNull()
  expect(beyondLimits('["\\"", 1, 2]', limits)).toBe('more than 2 values')
  expect(beyondLimits('["never ended [[[', limits)).toBeNull()
})

it('stops at the limit', () => {
  expect(beyondLimits(`[${'[],'.repeat(100)}`, { depth: 9, values: 100 })).toBe('more than 100 values')
  expect(beyondLimits('['.repeat(1e6), { depth: 9, values: 100 })).toBe('lists and objects more than 9 deep')
})
