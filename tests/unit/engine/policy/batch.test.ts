import { packUnits, type TokenSequence, takeTokens, tokenValues } from '@engine/policy/batch'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const sequence = (length: number, start: number): TokenSequence => ({
  ids: Int32Array.from({ length }, (_, i) => i + 1),
  start,
})

test('entry t of a row belongs to token t + 1: ids, targets and mask of a small batch', () => {
  const [batch] = packUnits([[sequence(4, 2)]], 32)
  expect([batch!.rows, batch!.length]).toEqual([1, 32])
  expect([...batch!.ids.subarray(0, 5)]).toEqual([1, 2, 3, 4, 0])
  expect([...batch!.targets.subarray(0, 5)]).toEqual([2, 3, 4, 0, 0])
  // Tokens 2 and 3 count (ids 3 and 4): they are predicted at positions 1 and 2.
  expect([...batch!.mask.subarray(0, 5)]).toEqual([0, 1, 1, 0, 0])
})

test('pairs keep their halves apart: all chosen rows first, then all rejected', () => {
  const pairs = [
    [sequence(4, 1), sequence(6, 1)],
    [sequence(5, 1), sequence(3, 1)],
  ]
  const [batch] = packUnits(pairs, 4 * 32)
  const lengthOf = (row: number) => batch!.mask.subarray(row * 32, (row + 1) * 32).reduce((a, b) => a + b, 0) + 1
  expect(batch!.units).toEqual([0, 1])
  expect([0, 1, 2, 3].map(lengthOf)).toEqual([4, 5, 6, 3])
})

test('every unit is in exactly one microbatch, none exceeds its tokens, and per-token values come back as they went in', () => {
  const lengths = fc.array(fc.tuple(fc.integer({ min: 2, max: 90 }), fc.double({ min: 0, max: 0.99, noNaN: true })), {
    minLength: 1,
    maxLength: 30,
  })
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 2000 }), (shapes, maxTokens) => {
      const sequences = shapes.map(([length, share]) => sequence(length, 1 + Math.floor(share * (length - 1))))
      const values = sequences.map(({ ids, start }) =>
        Float32Array.from({ length: ids.length - start }, (_, i) => i + 0.5),
      )
      const batches = packUnits(
        sequences.map((one) => [one]),
        maxTokens,
      )
      expect(batches.flatMap(({ units }) => units).sort((a, b) => a - b)).toEqual(sequences.map((_, i) => i))
      for (const batch of batches) {
        if (batch.rows > 1) expect(batch.rows * batch.length).toBeLessThanOrEqual(maxTokens)
        expect(batch.rows).toBeGreaterThanOrEqual(batch.units.length)
        const aligned = tokenValues(batch, sequences, (unit) => values[unit]!).data as Float32Array
        for (const [row, unit] of batch.units.entries()) {
          expect(takeTokens(batch, row, sequences[unit]!, aligned)).toEqual(values[unit])
        }
        expect(batch.mask.reduce((a, b) => a + b, 0)).toBe(
          batch.units.reduce((sum, unit) => sum + values[unit]!.length, 0),
        )
      }
    }),
    { numRuns: 100 },
  )
})
