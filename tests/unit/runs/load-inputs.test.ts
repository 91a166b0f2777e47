import { loadInputs } from '@main/runs/prepare'
import { planSchema } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'
import { failureOf, writeLines } from '../library/files'

const planFor = (path: string) =>
  planSchema.parse({ model: { path: 'bundled:tiny' }, data: { train: { path } }, objective: { kind: 'sft' } })

describe('completions with labels', () => {
  it('are imitated where they are desirable, and the others are told', async () => {
    const rows = [true, false, 1, 0].map((label, i) => ({ prompt: `p${i}`, completion: `c${i}`, label }))
    const { train, warnings } = await loadInputs(planFor(writeLines('labels.jsonl', rows)))
    expect(train.map(({ completion }) => completion)).toEqual(['c0', 'c2'])
    expect(warnings.join()).toMatch(/2 completions are labelled undesirable/)
  })

  it('are refused where none is desirable', async () => {
    const file = writeLines('bad-labels.jsonl', [{ prompt: 'p', completion: 'c', label: false }])
    const { code, message } = await failureOf(loadInputs(planFor(file)))
    expect(code).toBe('data')
    expect(message).toMatch(/none to imitate/)
  })
})
