import { checkPlan } from '@shared/plan/checks'
import { checkFacts, type DataFacts, type PlanFacts } from '@shared/plan/facts'
import type { PlanIssue } from '@shared/plan/issue'
import { PRESETS } from '@shared/plan/presets'
import { type PlanInput, planSchema } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'

const base = {
  model: { path: 'm' },
  data: { train: { path: 'd' }, eval: { path: 'e' } },
  objective: { kind: 'ppo' },
  rollout: { maxNewTokens: 96 },
} satisfies PlanInput
const plan = (more: Partial<PlanInput>) => planSchema.parse({ ...base, ...more })
const at = (issues: readonly PlanIssue[], path: string) =>
  issues.filter((issue) => issue.path === path).map(({ severity }) => severity)
const check = (more: Partial<PlanInput>, path: string) => at(checkPlan(plan(more)), path)

describe('checks of a plan by itself', () => {
  it('find nothing to stop the presets', () => {
    for (const { id, plan } of PRESETS) {
      const parsed = planSchema.parse({ data: { train: { path: 'd' } }, ...plan })
      expect(
        checkPlan(parsed).filter(({ severity }) => severity !== 'hint'),
        id,
      ).toEqual([])
    }
  })

  it('refuse a group of one', () => {
    expect(check({ objective: { kind: 'grpo' }, budget: { trainedPerPrompt: 1 } }, 'budget.trainedPerPrompt')).toEqual([
      'error',
    ])
    expect(check({ objective: { kind: 'grpo' }, budget: { trainedPerPrompt: 8 } }, 'budget.trainedPerPrompt')).toEqual(
      [],
    )
  })

  it('want a rollout from the critical step', () => {
    expect(check({ budget: { trainedPerPrompt: 1 } }, 'budget.trainedPerPrompt')).toEqual(['warning'])
    const off = { gpo: { criticalStep: 'none' as const }, budget: { trainedPerPrompt: 1 } }
    expect(check(off, 'budget.trainedPerPrompt')).toEqual([])
  })

  it('say which settings have no effect without GPO', () => {
    expect(check({ gpo: { criticalStep: 'none', samples: 8 } }, 'gpo.samples')).toEqual(['hint'])
    expect(check({ gpo: { samples: 8 } }, 'gpo.samples')).toEqual([])
    expect(check({ gpo: { samples: 1 } }, 'gpo.samples')).toEqual(['warning'])
  })

  it('want enough attempts for the pairs', () => {
    const dpo = { objective: { kind: 'dpo' as const } }
    expect(check({ ...dpo, budget: { trainedPerPrompt: 9 } }, 'gpo.maxPairAttempts')).toEqual(['error'])
    expect(check({ ...dpo, budget: { trainedPerPrompt: 8 } }, 'gpo.maxPairAttempts')).toEqual([])
  })

  it('tell evaluation on training rows', () => {
    const data = { train: { path: 'd' }, eval: { path: 'd' } }
    expect(check({ data }, 'data.eval.path')).toEqual(['warning'])
    expect(check({ data: { train: { path: 'd' } } }, 'data.eval.path')).toEqual(['hint'])
  })

  it('refuse a template without the prompt and broken patterns', () => {
    expect(check({ data: { ...base.data, template: 'Hello' } }, 'data.template')).toEqual(['error'])
    expect(check({ verifier: { kind: 'regex', pattern: '(' } }, 'verifier.pattern')).toEqual(['error'])
    const segmentation = { splitter: 'regex' as const, pattern: '[' }
    expect(check({ gpo: { segmentation } }, 'gpo.segmentation.pattern')).toEqual(['error'])
  })

  it('know usual learning rates, with LoRA and without', () => {
    const rate = (learningRate: number, kind: 'full' | 'lora') =>
      check({ optimiser: { learningRate }, adaptation: { kind } }, 'optimiser.learningRate')
    expect(rate(0.01, 'full')).toEqual(['warning'])
    expect(rate(2e-4, 'full')).toEqual([])
    expect(rate(1e-6, 'lora')).toEqual(['hint'])
    expect(rate(3e-4, 'lora')).toEqual([])
    expect(rate(0, 'lora')).toEqual(['warning'])
  })

  it('compare the warm-up with the steps of the run', () => {
    const budget = { iterations: 10 }
    expect(check({ budget, optimiser: { warmupSteps: 40 } }, 'optimiser.warmupSteps')).toEqual(['warning'])
    expect(check({ budget, optimiser: { warmupSteps: 39 } }, 'optimiser.warmupSteps')).toEqual([])
  })

  it('compare minibatches with what there is to split', () => {
    const budget = { promptsPerIteration: 4, trainedPerPrompt: 2 }
    expect(check({ budget, objective: { kind: 'ppo', minibatches: 9 } }, 'objective.minibatches')).toEqual(['warning'])
    expect(check({ budget, objective: { kind: 'ppo', minibatches: 8 } }, 'objective.minibatches')).toEqual([])
  })

  it('know that truncated sampling biases the ratio of PPO and GRPO, not the pairs of DPO', () => {
    expect(check({ rollout: { topP: 0.9 } }, 'rollout.topP')).toEqual(['warning'])
    expect(check({ rollout: { topP: 0.9 }, objective: { kind: 'dpo' } }, 'rollout.topP')).toEqual([])
  })
})

const lengths = { median: 20, p95: 40, max: 60, longestRow: 5 }
const rows: DataFacts = {
  ...{
    kind: 'verifiable' as const,
    rows: 100,
    badRows: 0,
    firstBad: null,
    withReference: 100,
    withCompletion: 0,
    counted: 100,
  },
  ...{ prompt: lengths, completion: null, trial: { tried: 100, unreadable: 0, firstProblem: null } },
}
const shape = {
  ...{ parameters: 8e5, hiddenSize: 128, intermediateSize: 352, layers: 4, heads: 4, kvHeads: 2, headDim: 32 },
  ...{ vocabSize: 324, context: 256, hasChatTemplate: false },
}
const facts = (train: Partial<DataFacts>, model = {}): PlanFacts => ({
  model: { ...shape, ...model },
  train: { ...rows, ...train },
  evaluation: rows,
})

describe('checks against model and data', () => {
  it('find nothing where everything fits', () => {
    expect(checkFacts(plan({}), facts({}))).toEqual([])
  })

  it('want room for the completion after the longest prompt', () => {
    const data = { train: { path: 'x.jsonl' }, tooLong: 'refuse' as const }
    const long = checkFacts(plan({ data, rollout: { maxNewTokens: 200 } }), facts({}))
    expect(long[0]).toMatchObject({ path: 'rollout.maxNewTokens', severity: 'error' })
    expect(long[0]?.message).toContain('196 at most')
  })

  it('warn of a few rows that are left out, and refuse where most would be', () => {
    const few = checkFacts(plan({ rollout: { maxNewTokens: 200 } }), facts({}))
    expect(few[0]).toMatchObject({ path: 'data.train.path', severity: 'warning' })
    const most = checkFacts(plan({ rollout: { maxNewTokens: 240 } }), facts({}))
    expect(most[0]).toMatchObject({ path: 'rollout.maxNewTokens', severity: 'error' })
  })

  it('tell how the verifier fits the rows’ own answers', () => {
    const trial = (unreadable: number) => ({ trial: { tried: 100, unreadable, firstProblem: 'row 3: "many"' } })
    expect(at(checkFacts(plan({}), facts(trial(100))), 'verifier.kind')).toEqual(['error'])
    expect(at(checkFacts(plan({}), facts(trial(10))), 'verifier.kind')).toEqual(['warning'])
    expect(at(checkFacts(plan({}), facts(trial(1))), 'verifier.kind')).toEqual(['hint'])
  })

  it('want completions for SFT and references for the others', () => {
    const sft = plan({ objective: { kind: 'sft' } })
    expect(at(checkFacts(sft, facts({})), 'data.train.path')).toEqual(['error'])
    expect(at(checkFacts(plan({}), facts({ withReference: 0 })), 'data.train.path')).toEqual(['error'])
  })

  it('count bad rows and rows that are asked twice', () => {
    const found = checkFacts(plan({ budget: { promptsPerIteration: 128 } }), facts({ badRows: 2, firstBad: 'line 7' }))
    expect(at(found, 'data.train.path')).toEqual(['hint'])
    expect(at(found, 'budget.promptsPerIteration')).toEqual(['warning'])
  })

  it('compare the chat template with the model', () => {
    const chat = plan({ data: { ...base.data, chatTemplate: true } })
    expect(at(checkFacts(chat, facts({})), 'data.chatTemplate')).toEqual(['error'])
    expect(at(checkFacts(plan({}), facts({}, { hasChatTemplate: true })), 'data.chatTemplate')).toEqual(['hint'])
  })

  it.each([
    ['rag', ['rag', 'tool_use'], []],
    [undefined, ['default', 'rag'], []],
    ['default', ['default'], []],
    [undefined, ['rag', 'tool_use'], ['error']],
    ['tools', ['default', 'rag'], ['error']],
    ['rag', [], ['error']],
  ])('find the chat template %j among %j', (chatTemplateName, chatTemplates, expected) => {
    const chat = plan({ data: { ...base.data, chatTemplate: true, chatTemplateName } })
    const hasChatTemplate = chatTemplates.includes('default')
    const found = checkFacts(chat, facts({}, { hasChatTemplate, chatTemplates }))
    expect(at(found, 'data.chatTemplateName')).toEqual(expected)
  })
})
