import { csvOf, tableOf } from '@renderer/charts/chart-files'
import { expect, test } from 'vitest'

const lines = [
  { label: 'reward', values: [0.1, null, 0.3], color: '--a' },
  { label: 'reward', values: [null, null, 0.25], color: '--a', isFaint: true },
]

test('a table has a row wherever a line has a value', () => {
  expect(tableOf('iteration', [1, 2, 3], lines)).toEqual({
    head: ['iteration', 'reward', 'reward (not smoothed)'],
    rows: [
      [1, 0.1, null],
      [3, 0.3, 0.25],
    ],
  })
})

test('CSV keeps whole numbers, quotes what has commas, and gives a spreadsheet no formula', () => {
  const table = tableOf('iteration', [1], [{ label: '=HYPERLINK("x"), a', values: [1 / 3], color: '--a' }])
  expect(csvOf(table)).toBe(`iteration,"'=HYPERLINK(""x""), a"\r\n1,${1 / 3}\r\n`)
})
