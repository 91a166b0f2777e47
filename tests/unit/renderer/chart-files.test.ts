import { csvTable, legendPlaces, tableOf } from '@renderer/charts/chart-files'
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
  expect(csvTable(table)).toBe(`iteration,"'=HYPERLINK(""x""), a"\r\n1,${1 / 3}\r\n`)
})

test('a legend goes on in a further row where it would leave the picture', () => {
  expect(legendPlaces([100, 100, 150, 400], 300)).toEqual([
    { left: 0, row: 0 },
    { left: 100, row: 0 },
    { left: 0, row: 1 },
    { left: 0, row: 2 },
  ])
})
