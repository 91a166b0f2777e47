import { probeRows } from '@main/trainer/session/probe-rows'
import { GpoError } from '@shared/errors'
import { planSchema } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'

const examples = Array.from({ length: 20 }, (_, i) => ({ row: 10 + i, prompt: `question ${i}`, reference: 'a' }))
const evaluation = (settings: Readonly<Record<string, unknown>>, seed = 0) =>
  planSchema.parse({
    ...{ model: { path: 'm' }, data: { train: { path: 'd' } }, objective: { kind: 'ppo' }, seed },
    evaluation: settings,
  })
const rowsOf = (settings: Readonly<Record<string, unknown>>, seed = 0) =>
  probeRows(evaluation(settings, seed), examples).map(({ row }) => row)

describe('the prompts that a run follows', () => {
  it('are different rows, in their order, the same for every seed', () => {
    const rows = rowsOf({ probes: 5 })
    expect(new Set(rows).size).toBe(5)
    expect(rows).toEqual(rows.toSorted((a, b) => a - b))
    expect(rowsOf({ probes: 5 }, 77)).toEqual(rows)
    expect(rowsOf({ probes: 16 })).toHaveLength(16)
  })

  it('are none with 0, and no more than there are', () => {
    expect(rowsOf({ probes: 0 })).toEqual([])
    expect(probeRows(evaluation({ probes: 9 }), examples.slice(0, 2))).toHaveLength(2)
    expect(probeRows(evaluation({ probes: 4 }), [])).toEqual([])
  })

  it('are those that the plan names by the numbers that people see, each once', () => {
    expect(rowsOf({ probes: 0, probeRows: ' 12,30 , 12' })).toEqual([11, 29])
  })

  it('that are not in the data are named', () => {
    expect(() => rowsOf({ probeRows: '12, 99, 1' })).toThrow(GpoError)
    expect(() => rowsOf({ probeRows: '12, 99, 1' })).toThrow('names 99, 1, which are not among the 20 rows')
  })

  it.each(['3;4', '0', 'three', '-1', '3,,4', '1.5'])('cannot be %j', (probeRows) => {
    expect(() => evaluation({ probeRows })).toThrow('row numbers')
  })
})
