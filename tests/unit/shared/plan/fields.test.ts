import { chosenLeaves, draftOf, isApplicable, planInput, withValue } from '@shared/plan/draft'
import { DESCRIBED_LEAVES, describedByPath, matchScore } from '@shared/plan/fields'
import { leafById, PLAN_LEAVES } from '@shared/plan/leaves'
import { PRESETS } from '@shared/plan/presets'
import { planSchema } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'

const kinds = ['ppo', 'grpo', 'dpo', 'kto', 'simpo', 'orpo', 'sft'] as const

describe('the table of settings', () => {
  it('describes every setting of the schema once', () => {
    const described = DESCRIBED_LEAVES.map(({ leaf }) => leaf.id)
    expect(described.toSorted()).toEqual(PLAN_LEAVES.map(({ id }) => id).toSorted())
  })

  it('says what each does and what to try, and has words for each choice', () => {
    for (const { leaf, what, advice, label, options } of DESCRIBED_LEAVES) {
      expect(
        [label, what, advice].every((text) => text.length > 2),
        leaf.id,
      ).toBe(true)
      if (leaf.type === 'choice') expect(Object.keys(options ?? {}).toSorted()).toEqual(leaf.options.toSorted())
    }
  })

  it('is found by label, symbol and the names of other tools', () => {
    const best = (text: string) =>
      DESCRIBED_LEAVES.toSorted((a, b) => matchScore(b, text) - matchScore(a, text))[0]?.leaf.path
    expect(best('lr')).toBe('optimiser.learningRate')
    expect(best('num_generations')).toBe('budget.trainedPerPrompt')
    expect(best('gradient checkpointing')).toBe('budget.recomputeLayers')
    expect(best('γ/β')).toBe('objective.gammaRatio')
    expect(best('lora_alpha')).toBe('adaptation.alpha')
    expect(matchScore(describedByPath({}, 'seed')!, 'no such thing')).toBe(0)
  })
})

describe('leaves', () => {
  it('have the ranges and defaults of the schema', () => {
    expect(leafById('objective.clip@ppo')).toMatchObject({
      type: 'number',
      default: 0.2,
      isOpenBelow: true,
      maximum: 1,
    })
    expect(leafById('objective.beta@simpo').default).toBe(2.5)
    expect(leafById('budget.iterations')).toMatchObject({ type: 'integer', minimum: 1, maximum: 1e6, default: 100 })
    expect(leafById('data.train.limit').maximum).toBeUndefined()
    expect(leafById('adaptation.kind')).toMatchObject({ default: 'lora', options: ['full', 'lora'] })
  })
})

describe('plans recorded before', () => {
  const common = { model: { path: 'm' }, data: { train: { path: 'd' } } }

  it('keep their passes over the data of SFT out of the plan, which never obeyed them', () => {
    const plan = planSchema.parse({ ...common, objective: { kind: 'sft', epochs: 3 } })
    expect(plan.objective).toEqual({ kind: 'sft' })
    expect(PLAN_LEAVES.map(({ id }) => id)).not.toContain('objective.epochs@sft')
    expect(draftOf({ ...common, objective: { kind: 'sft', epochs: 3 } })).not.toHaveProperty('objective.epochs@sft')
  })

  it('must have had a plan that was allowed', () => {
    expect(planSchema.safeParse({ ...common, objective: { kind: 'sft', epochs: 'many' } }).success).toBe(false)
    expect(planSchema.safeParse({ ...common, objective: { kind: 'sft', passes: 3 } }).success).toBe(false)
  })
})

describe('drafts', () => {
  const model = { 'model.path': 'bundled:tiny', 'data.train.path': 'bundled:chain-arithmetic' }

  it('become the plan they came from', () => {
    for (const kind of kinds) {
      const plan = planSchema.parse({
        model: { path: 'm' },
        data: { train: { path: 'd', columns: { prompt: 'q' } }, eval: { path: 'e', limit: 7 } },
        verifier: { kind: 'regex', pattern: 'x (.+)' },
        adaptation: { kind: 'lora', r: 8, targets: ['q_proj'] },
        objective: { kind },
        gpo: { segmentation: { splitter: 'window' } },
        optimiser: { learningRate: 1e-4 },
      })
      expect(planSchema.parse(planInput(draftOf(plan)))).toEqual(plan)
    }
  })

  it('keep the settings of a kind that is not chosen, and leave them out of the plan', () => {
    const draft = { ...model, 'objective.kind': 'dpo', 'objective.beta@dpo': 0.3, 'objective.kl@ppo': 0.1 }
    expect(planInput(draft)['objective']).toEqual({ kind: 'dpo', beta: 0.3 })
    expect(planInput({ ...draft, 'objective.kind': 'ppo' })['objective']).toEqual({ kind: 'ppo', kl: 0.1 })
    expect(chosenLeaves(draft).map(({ id }) => id)).not.toContain('objective.kl@ppo')
  })

  it('do not keep defaults', () => {
    expect(withValue({ seed: 3 }, 'seed', 1)).toEqual({})
    expect(withValue({}, 'objective.clip@ppo', 0.3)).toEqual({ 'objective.clip@ppo': 0.3 })
  })

  it('ask for columns of the evaluation data only where there is some', () => {
    expect(isApplicable(model, leafById('data.eval.limit'))).toBe(false)
  })

  it('of every preset make a plan, once it has data', () => {
    for (const { plan } of PRESETS) {
      const draft = { 'data.train.path': 'bundled:chain-arithmetic', ...draftOf(plan) }
      expect(planSchema.safeParse(planInput(draft)).error).toBeUndefined()
    }
  })
})
