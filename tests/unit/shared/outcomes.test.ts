import { decodeOutcomes, encodeOutcomes, outcomesSchema } from '@shared/schemas/outcomes'
import fc from 'fast-check'
import { expect, it } from 'vitest'

it('outcomes of rows 9, 0, 1 and 2 are two short texts, by row', () => {
  const answered = [9, 0, 1, 2].map((row) => ({ row, isRight: row > 1 }))
  expect(encodeOutcomes(answered)).toEqual({ rows: '0-2,9', right: '0011' })
  expect(encodeOutcomes([])).toEqual({ rows: '', right: '' })
})

it('outcomes are read as they were written', () => {
  const answers = fc.uniqueArray(fc.tuple(fc.nat(500), fc.boolean()), { selector: ([row]) => row })
  fc.assert(
    fc.property(answers, (rows) => {
      const outcomes = encodeOutcomes(rows.map(([row, isRight]) => ({ row, isRight })))
      expect(outcomesSchema.parse(outcomes)).toEqual(outcomes)
      expect([...decodeOutcomes(outcomes)!].toSorted()).toEqual(
        rows.map(([row, isRight]): [number, number] => [row, Number(isRight)]).toSorted(),
      )
    }),
  )
})

it.each([
  ['0-2', '11'],
  ['0-2', '1111'],
  ['0-999999999999', '1'],
  ['2,1', '11'],
  ['1,1', '11'],
  ['3-1', '1'],
  ['1,', '1'],
  ['a', '1'],
  ['1', '2'],
])('rows %j with signs %j are refused, and nothing of their number is allocated', (rows, right) => {
  expect(outcomesSchema.safeParse({ rows, right }).success).toBe(false)
})
