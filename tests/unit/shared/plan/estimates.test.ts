import { fileCommand, flagCommand } from '@shared/plan/command'
import { evaluationCount, iterationTokens, timeEstimate } from '@shared/plan/cost-estimate'
import { keepsReference, memoryEstimate, microbatchTokens, trainedParameters } from '@shared/plan/memory-estimate'
import { type PlanInput, planSchema } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'

const base = { model: { path: 'm' }, data: { train: { path: 'd' } }, objective: { kind: 'ppo' } } satisfies PlanInput
const plan = (more: Partial<PlanInput>) => planSchema.parse({ ...base, ...more })
const shape = {
  ...{ parameters: 1000, hiddenSize: 8, intermediateSize: 16, layers: 2, heads: 2, kvHeads: 1, headDim: 4 },
  ...{ vocabSize: 10, context: 512 },
}

describe('memory', () => {
  it('counts the parameters of adapters: r (rows + columns), each layer', () => {
    const adaptation = { kind: 'lora' as const, r: 2, targets: ['q_proj' as const, 'k_proj' as const] }
    // q is 8 × 8, k is 4 × 8; two layers
    expect(trainedParameters(plan({ adaptation, objective: { kind: 'dpo' } }), shape)).toBe(2 * 2 * (16 + 12))
    expect(trainedParameters(plan({ adaptation }), shape)).toBe(2 * 2 * (16 + 12) + 9)
    expect(trainedParameters(plan({ adaptation: { kind: 'full' } }), shape)).toBe(1009)
  })

  it('counts one adapter where a checkpoint has q, k and v as one matrix', () => {
    const adaptation = {
      kind: 'lora' as const,
      r: 2,
      targets: ['q_proj' as const, 'k_proj' as const, 'v_proj' as const],
    }
    const counted = (isFused: boolean) =>
      trainedParameters(plan({ adaptation, objective: { kind: 'dpo' } }), { ...shape, isFused })
    // 8 + 4 + 4 rows; 8 columns, three times or once; two layers
    expect([counted(false), counted(true)]).toEqual([2 * 2 * (16 + 24), 2 * 2 * (16 + 8)])
  })

  it('has a reference only where it is compared with one and all parameters are trained', () => {
    const full = { adaptation: { kind: 'full' as const } }
    expect(keepsReference(plan(full))).toBe(true)
    expect(keepsReference(plan({ ...full, objective: { kind: 'ppo', kl: 0 } }))).toBe(false)
    expect(keepsReference(plan({ ...full, objective: { kind: 'simpo' } }))).toBe(false)
    expect(keepsReference(plan({}))).toBe(false)
  })

  it('fills a microbatch with whole sequences; a longer one gets its own', () => {
    const budget = { microbatchTokens: 300 }
    expect(microbatchTokens(plan({ budget }), 30, 60)).toBe(3 * 96)
    expect(microbatchTokens(plan({ budget, objective: { kind: 'dpo' } }), 30, 60)).toBe(192)
    expect(microbatchTokens(plan({ budget }), 300, 60)).toBe(384)
  })

  it('is measured in four phases, in the order of an iteration; AdamW keeps four numbers a parameter, and six of those it updates at once', () => {
    const lengths = { promptTokens: 30, completionTokens: 60 }
    const phases = memoryEstimate(plan({ adaptation: { kind: 'full' }, objective: { kind: 'simpo' } }), shape, lengths)
    expect(phases.map(({ phase }) => phase)).toEqual(['sampling', 'values', 'gradients', 'optimiser'])
    const others = ['program', 'kept prefixes', 'keys and values, not yet collected']
    const optimiser = phases[3]!.parts.filter(({ label }) => !others.includes(label))
    expect(optimiser.reduce((sum, { bytes }) => sum + bytes, 0)).toBe((4 + 6) * 4 * 1000)
  })

  it('counts a narrow base by its bytes, without merged adapters but with some rows widened', () => {
    const parts = (base: 'float32' | 'float16' | 'int8') => {
      const adaptation = { kind: 'lora' as const, r: 1, targets: ['q_proj' as const], base }
      const phases = memoryEstimate(plan({ adaptation, objective: { kind: 'dpo' } }), shape, {
        promptTokens: 8,
        completionTokens: 8,
      })
      const found = phases.find(({ phase }) => phase === 'gradients')!.parts
      return Object.fromEntries(found.map(({ label, bytes }) => [label, bytes]))
    }
    const trained = 4 * 2 * 16 // two layers, 8 rows and 8 columns
    expect(parts('float32')).toMatchObject({ weights: 4000 + trained, 'merged adapters': 4 * 2 * 64 })
    expect(parts('float16')).toMatchObject({ weights: 2000 + trained, 'widened rows': 4 * 8 * 16 })
    expect(parts('int8')).toMatchObject({ weights: 1000 + trained, 'widened rows': 4 * 8 * 16 })
    expect(parts('int8')).not.toHaveProperty('merged adapters')
    expect(parts('float32')).not.toHaveProperty('widened rows')
  })

  it('counts the lanes of an evaluation, and what sampling leaves behind while weights are updated', () => {
    const evaluated = (limit: number) => {
      const data = { train: { path: 'a.jsonl' }, eval: { path: 'b.jsonl' } }
      const small = { budget: { iterations: 1, promptsPerIteration: 2, trainedPerPrompt: 2 }, rollout: { lanes: 256 } }
      const lengths = { promptTokens: 8, completionTokens: 8 }
      const wanted = plan({ data, evaluation: { limit }, gpo: { criticalStep: 'none' }, ...small })
      const phases = memoryEstimate(wanted, shape, lengths)
      const part = (phase: string, label: string) =>
        phases.find((one) => one.phase === phase)!.parts.find((one) => one.label === label)!.bytes
      return [part('sampling', 'keys and values'), part('gradients', 'keys and values, not yet collected')]
    }
    const [few, many] = [evaluated(1), evaluated(4096)]
    expect(many[0]).toBeGreaterThan(few[0]!)
    expect(few[1]).toBe(few[0])
    expect(many[1]).toBe(many[0])
  })

  it('has no phase that the plan does not have', () => {
    const names = (more: Partial<PlanInput>) =>
      memoryEstimate(plan(more), shape, { promptTokens: 8, completionTokens: 8 }).map(({ phase }) => phase)
    expect(names({ gpo: { criticalStep: 'none' } })).toEqual(['sampling', 'gradients', 'optimiser'])
    expect(names({ objective: { kind: 'sft' } })).toEqual(['gradients', 'optimiser'])
  })

  it('holds keys and values of every lane', () => {
    const rollout = { lanes: 64, maxNewTokens: 34 }
    const values = memoryEstimate(plan({ rollout }), shape, { promptTokens: 30, completionTokens: 34 })[1]!
    // 64 lanes × 64 tokens × 2 · 2 layers · 1 head · 4 numbers × 4 bytes
    expect(values.parts.find(({ label }) => label === 'keys and values')?.bytes).toBe(64 * 64 * 16 * 4)
  })

  it('is less with recomputed layers and smaller passes', () => {
    const wide = { ...shape, hiddenSize: 256, intermediateSize: 1024, layers: 8 }
    const activations = (budget: PlanInput['budget']) =>
      memoryEstimate(plan({ budget }), wide, { promptTokens: 30, completionTokens: 60 })
        .find(({ phase }) => phase === 'gradients')
        ?.parts.find(({ label }) => label === 'activations')?.bytes ?? 0
    expect(activations({ recomputeLayers: true })).toBeLessThan(activations({}))
    expect(activations({ microbatchTokens: 512 })).toBeLessThan(activations({}))
  })
})

describe('cost', () => {
  const lengths = { completionTokens: 100, steps: 4, isOffline: false }
  const budget = { promptsPerIteration: 10, trainedPerPrompt: 4, iterations: 20 }

  it('of PPO without GPO: all rollouts from the prompt, as many passes as there are', () => {
    const tokens = iterationTokens(plan({ budget, gpo: { criticalStep: 'none' } }), lengths)
    expect(tokens).toEqual({ rollouts: 4000, values: 0, reset: 0, trained: 4000, passed: 16000 })
  })

  it('of GPO-PPO: one trajectory, N continuations of each state, nothing more when they are reused', () => {
    const random = { criticalStep: 'random', samples: 4 } as const
    const tokens = iterationTokens(plan({ budget, gpo: random }), lengths)
    // states with 100, 75, 50, 25 tokens left; three later rollouts of 50 are trained beside the trajectory
    expect(tokens).toMatchObject({ rollouts: 1000, values: 10 * 4 * 250, reset: 0, trained: 1000 + 1500 })
    const fresh = iterationTokens(plan({ budget, gpo: { ...random, reuseRollouts: false } }), lengths)
    expect(fresh.reset).toBe(10 * 3 * 50)
  })

  it('of GPO-PPO with a critic: continuations that a rule chose by their outcome are not reused', () => {
    expect(iterationTokens(plan({ budget, gpo: { samples: 4 } }), lengths).reset).toBe(10 * 3 * 50)
  })

  it('of GPO-GRPO: the group is the four continuations of the critical state', () => {
    const tokens = iterationTokens(plan({ budget, objective: { kind: 'grpo' }, gpo: { samples: 4 } }), lengths)
    expect(tokens).toMatchObject({ rollouts: 1000, values: 10 * 4 * 250, reset: 0, trained: 10 * 4 * 50 })
  })

  it('of the searches: two states of four for bisection, half of the continuations for the adaptive one', () => {
    const values = (search: 'exhaustive' | 'bisect' | 'adaptive') =>
      iterationTokens(plan({ budget, objective: { kind: 'grpo' }, gpo: { samples: 4, search } }), lengths).values
    expect([values('exhaustive'), values('bisect'), values('adaptive')]).toEqual([10_000, 5000, 5000])
  })

  it('of guiding decided prompts only: whole groups first, values for a quarter of the prompts', () => {
    const gpo = { samples: 4, when: 'decided' } as const
    const tokens = iterationTokens(plan({ budget, objective: { kind: 'grpo' }, gpo }), lengths)
    expect(tokens).toMatchObject({ rollouts: 4000, values: 2500, reset: 0, trained: 3000 + 500 })
  })

  it('of SFT: the completions of a batch, once', () => {
    const tokens = iterationTokens(plan({ budget, objective: { kind: 'sft' } }), { ...lengths, isOffline: true })
    expect(tokens).toEqual({ rollouts: 0, values: 0, reset: 0, trained: 1000, passed: 1000 })
  })

  it('of DPO on pairs of the data: what is trained of a row, in every pass, and nothing is sampled', () => {
    const dpo = plan({ budget, objective: { kind: 'dpo', epochs: 3 }, gpo: { criticalStep: 'none' } })
    const tokens = iterationTokens(dpo, { completionTokens: 200, steps: 4, isOffline: true })
    expect(tokens).toEqual({ rollouts: 0, values: 0, reset: 0, trained: 2000, passed: 6000 })
  })

  it('counts evaluations: before, at the interval, after', () => {
    const data = { train: { path: 'd' }, eval: { path: 'e' } }
    const count = (everyIterations: number) => evaluationCount(plan({ data, budget, evaluation: { everyIterations } }))
    expect([count(10), count(7), count(0)]).toEqual([3, 4, 2])
    expect(evaluationCount(plan({ budget }))).toBe(0)
  })

  it('multiplies tokens by measured rates', () => {
    const rates = { rollouts: 0.001, values: null, reset: null, update: 0.0005, lengths }
    const timeWith = (evaluation: PlanInput['evaluation']) =>
      timeEstimate(plan({ budget, gpo: { criticalStep: 'none' }, evaluation }), rates, null)
    const time = timeWith({ probes: 0 })
    expect(time.iteration).toBeCloseTo(4 + 8)
    expect(time.total).toBeCloseTo(240)
    expect(timeWith({ probes: 3 }).iteration).toBeCloseTo(12 + 3 * 0.1)
    expect(timeWith({ probes: 3, probeRows: '7' }).iteration).toBeCloseTo(12 + 0.1)
  })
})

describe('commands', () => {
  it('quote what a shell would read, and keep texts texts', () => {
    expect(fileCommand('my plan.json')).toBe("npm run gpo -- train 'my plan.json'")
    const text = flagCommand([
      { path: 'seed', value: 3 },
      { path: 'name', value: '12' },
      { path: 'verifier.pattern', value: "it's (.+)" },
      { path: 'adaptation.targets', value: ['q_proj'] },
    ])
    expect(text.split(' \\\n  ').slice(1)).toEqual([
      '--set seed=3',
      `--set 'name="12"'`,
      `--set 'verifier.pattern=it'\\''s (.+)'`,
      `--set 'adaptation.targets=["q_proj"]'`,
    ])
  })
})
