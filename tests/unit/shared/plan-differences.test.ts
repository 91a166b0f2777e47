import { planDifferences } from '@shared/plan-differences'
import { type PlanInput, planSchema } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'

const plan = (more: Partial<PlanInput> = {}) =>
  planSchema.parse({
    model: { path: 'bundled:tiny' },
    data: { train: { path: 'bundled:chain-arithmetic' } },
    objective: { kind: 'ppo' },
    ...more,
  })

describe('differences of plans', () => {
  it('are none for one plan, for the same plans, and for names', () => {
    expect(planDifferences([])).toEqual([])
    expect(planDifferences([plan()])).toEqual([])
    expect(planDifferences([plan({ name: 'a' }), plan({ name: 'b' }), plan()])).toEqual([])
  })

  it('are given by path, with the value of every plan, in the order of the plan', () => {
    const plans = [
      plan(),
      plan({ seed: 2, gpo: { criticalStep: 'none' } }),
      plan({ gpo: { segmentation: { maxSteps: 4 } } }),
    ]
    expect(planDifferences(plans)).toEqual([
      { path: 'seed', values: [1, 2, 1] },
      { path: 'gpo.criticalStep', values: ['undecided', 'none', 'undecided'] },
      { path: 'gpo.segmentation.maxSteps', values: [16, 16, 4] },
    ])
  })

  it('have fields that only one objective has', () => {
    const found = planDifferences([plan({ objective: { kind: 'sft' } }), plan({ objective: { kind: 'dpo' } })])
    expect(found[0]).toEqual({ path: 'objective.kind', values: ['sft', 'dpo'] })
    expect(found).toContainEqual({ path: 'objective.beta', values: [undefined, 0.1] })
    expect(found).toContainEqual({ path: 'objective.epochs', values: [undefined, 1] })
  })

  it('show a part that is missing in one field by field, and lists as one value', () => {
    const evaluated = { train: { path: 'a.jsonl' }, eval: { path: 'b.jsonl', columns: { prompt: 'q' } } }
    const found = planDifferences([
      plan({ data: evaluated, adaptation: { kind: 'lora', targets: ['q_proj', 'v_proj'] } }),
      plan({ data: { train: { path: 'a.jsonl' } }, adaptation: { kind: 'lora', targets: ['q_proj'] } }),
    ])
    expect(found).toEqual([
      { path: 'data.eval.path', values: ['b.jsonl', undefined] },
      { path: 'data.eval.columns.prompt', values: ['q', undefined] },
      { path: 'adaptation.targets', values: [['q_proj', 'v_proj'], ['q_proj']] },
    ])
  })
})
