/** The numbers of the first models: sizes that follow from shapes, estimates of the right order, and README's copy of them. */
import { readFileSync } from 'node:fs'
import { FIRST_MODELS, type FirstModel, firstRunMemory } from '@shared/first-models'
import { describe, expect, it } from 'vitest'
import { withFirstModels } from '../../../scripts/first-models-doc'

/** Parameters counted from the shape, with the head that is the embedding. */
function counted({ id, shape }: FirstModel): number {
  const { hiddenSize: d, intermediateSize: i, layers, heads, kvHeads, headDim: h, vocabSize } = shape
  const attention = 2 * d * heads * h + 2 * d * kvHeads * h
  const biases = id.includes('Qwen2.5') ? (heads + 2 * kvHeads) * h : 0
  const headNorms = /Qwen3|gemma-3/.test(id) ? 2 * h : 0
  const norms = (shape.norms === 'around' ? 4 : 2) * d
  return vocabSize * d + layers * (attention + biases + headNorms + norms + 3 * d * i) + d
}

describe('the first models', () => {
  it.each(FIRST_MODELS)('$label has the parameters of its shape, stored in two bytes each', (model) => {
    const { parameters, vocabSize, hiddenSize } = model.shape
    expect(counted(model)).toBe(parameters)
    const stored = parameters + (model.id === 'Qwen/Qwen3-0.6B' ? vocabSize * hiddenSize : 0) // its file has the head again
    expect(Math.abs(model.bytes - 2 * stored)).toBeLessThan(100_000) // names and places
  })

  it.each(FIRST_MODELS)('$label takes more than its weights, and what was measured is near the estimate', (model) => {
    const estimate = firstRunMemory(model)
    expect(estimate).toBeGreaterThan(2 * model.shape.parameters)
    const ratio = estimate / (model.measured ?? estimate)
    expect(ratio).toBeGreaterThan(0.7)
    expect(ratio).toBeLessThan(1.4)
  })

  it('are in README as they are here: npm run plan-doc', () => {
    const page = readFileSync('README.md', 'utf8')
    expect(withFirstModels(page)).toBe(page)
    for (const { id } of FIRST_MODELS) expect(page).toContain(id)
  })
})
