import { loadInputs } from '@main/runs/prepare'
import { planSchema } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'
import { failureOf, pathOf, write, writeLines } from '../library/files'

const planFor = (path: string) =>
  planSchema.parse({ model: { path: 'bundled:tiny' }, data: { train: { path } }, objective: { kind: 'sft' } })

describe('completions with labels', () => {
  it('are imitated if they are desirable, and the others are reported', async () => {
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

const inputsOf = (train: string, data: Record<string, unknown>) =>
  loadInputs(
    planSchema.parse({
      model: { path: 'bundled:tiny' },
      data: { train: { path: train }, ...data },
      objective: { kind: 'grpo' },
    }),
  )

describe('what a run is evaluated on', () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ prompt: `p${i}`, answer: String(i), id: i, case: `c${i % 8}` }))

  it('may be held out of the training rows, the same ones for a seed', async () => {
    const file = writeLines('held.jsonl', rows)
    const { train, evaluation, record } = await inputsOf(file, { holdOut: 0.25 })
    expect([train.length, evaluation.length]).toEqual([30, 10])
    expect(new Set([...train, ...evaluation].map(({ row }) => row)).size).toBe(40)
    expect((await inputsOf(file, { holdOut: 0.25 })).evaluation).toEqual(evaluation)
    expect((await inputsOf(file, { holdOut: 0.25, holdOutSeed: 2 })).evaluation).not.toEqual(evaluation)
    expect(record).toMatchObject({ 'evaluation data': '10 of 40 rows held out of the training data, with seed 1' })
  })

  it('keeps the rows of one group together', async () => {
    const file = writeLines('groups.jsonl', rows)
    const { train, evaluation } = await inputsOf(file, {
      train: { path: file, columns: { group: 'case' } },
      holdOut: 0.2,
    })
    const groupsOf = (examples: typeof train) => new Set(examples.map(({ group }) => group))
    expect(evaluation).toHaveLength(10)
    expect([...groupsOf(evaluation)].filter((group) => groupsOf(train).has(group))).toEqual([])
  })

  it('is reported if it contains training rows, and so are unused columns', async () => {
    const train = writeLines('own.jsonl', rows)
    const held = writeLines('own-test.jsonl', [
      { prompt: 'new', answer: '1' },
      { prompt: ' p3', answer: '3' },
    ])
    const { warnings, record } = await inputsOf(train, { eval: { path: held } })
    expect(warnings.join('\n')).toMatch(/1 of 2 evaluation rows are training rows too \(first: row 2 is row 4\)/)
    expect(warnings.join('\n')).toMatch(/unused columns: id, case/)
    expect(record['training data']).toBe('used: prompt, answer; unused: id, case')
  })

  it('is the test part of a folder, whose training part alone is trained on', async () => {
    write('parts/train.jsonl', JSON.stringify({ prompt: 'a', answer: '1' }))
    write('parts/test.csv', 'question,answer\nb,2\n')
    const folder = pathOf('parts')
    const { train, evaluation } = await inputsOf(folder, { eval: { path: folder } })
    expect(train.map(({ prompt }) => prompt)).toEqual(['a'])
    expect(evaluation.map(({ prompt }) => prompt)).toEqual(['b'])
  })
})
