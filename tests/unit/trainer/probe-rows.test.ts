import { resolve } from 'node:path'
import { readModelConfig } from '@main/formats/model-config'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { probeRows, probesOf } from '@main/trainer/session/probe-rows'
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

describe('the prompts that are answered', () => {
  const folder = resolve(import.meta.dirname, '../../../resources/models/tiny')
  const config = readModelConfig(folder)
  const tokenizer = loadTokenizer(folder)
  const asked = (maxNewTokens: number, prompts: readonly string[]) =>
    probesOf(
      { format: evaluation({}).data, maxNewTokens, tooLong: 'refuse' },
      config,
      tokenizer,
      prompts.map((prompt, row) => ({ row, prompt, reference: '' })),
    )

  it('are answered in as many tokens as the plan says', () => {
    const { tasks, maxNewTokens, note } = asked(9, ['1+1=', '2+2='])
    expect(tasks.map(({ row }) => row)).toEqual([0, 1])
    expect({ maxNewTokens, note }).toEqual({ maxNewTokens: 9, note: null })
  })

  it('are answered in fewer tokens by a model that has no positions for more: no run is refused for them', () => {
    const { tasks, maxNewTokens, note } = asked(config.maxPositions, ['1+1=', '20+20='])
    expect(maxNewTokens).toBe(config.maxPositions - tasks[1]!.prompt.length)
    expect(note).toBeNull()
  })

  it('are not those that leave no room, which are named', () => {
    const { tasks, note } = asked(9, ['1+1=', '1+'.repeat(config.maxPositions)])
    expect(tasks.map(({ row }) => row)).toEqual([0])
    expect(note).toContain('row 2 ')
    expect(asked(9, ['1+'.repeat(config.maxPositions)]).tasks).toEqual([])
  })
})
