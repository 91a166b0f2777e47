import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanInput } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'
import { gpo, metricsOf, planOf, type Shown, show, temporaryFolder, writePlan, writeRows } from '../../support/gpo'

const home = temporaryFolder()
const rows = writeRows(home)

const COMMON = ['loss', 'grad_norm', 'learning_rate', 'epoch', 'num_tokens', 'step_time']
const PREFERENCE = [
  'rewards/chosen',
  'rewards/rejected',
  'rewards/accuracies',
  'rewards/margins',
  'logps/chosen',
  'logps/rejected',
]
const NAMES = {
  ppo: [
    'objective/kl',
    'objective/entropy',
    'objective/scores',
    'objective/rlhf_reward',
    'policy/approxkl_avg',
    'policy/clipfrac_avg',
    'loss/policy_avg',
    'loss/value_avg',
    'val/clipfrac_avg',
    'val/ratio',
    'val/num_eos_tokens',
  ],
  grpo: [
    'reward',
    'reward_std',
    'frac_reward_zero_std',
    'completions/mean_length',
    'completions/clipped_ratio',
    'clip_ratio/low_mean',
    'clip_ratio/high_mean',
    'entropy',
    'kl',
  ],
  rloo: ['reward', 'reward_std', 'frac_reward_zero_std', 'objective/kl', 'policy/clipfrac_avg', 'val/ratio'],
  dpo: PREFERENCE,
  simpo: PREFERENCE,
  orpo: [...PREFERENCE, 'nll_loss', 'log_odds_ratio'],
  kto: [...PREFERENCE.filter((name) => !/accuracies/.test(name)), 'kl'],
} as const
const GPO = [
  'gpo/value_start',
  'gpo/max_advantage',
  'gpo/critical_position',
  'gpo/selection_confidence',
  'gpo/reset_reward',
  'gpo/rollout_reward',
  'gpo/steps_per_trajectory',
  'gpo/mc_tokens',
  'gpo/overhead',
  'gpo/mixed_share',
  'gpo/dead_share',
]
/** Names of every run that samples. */
const SAMPLED = ['gpo/effective_groups', 'gpo/generated_tokens', 'gpo/trained_tokens']

async function trained(plan: PlanInput): Promise<{ run: Shown; names: string[] }> {
  const { code, stderr } = await gpo(home, 'train', writePlan(home, plan))
  expect(stderr).toMatch(/completed/)
  expect(code).toBe(0)
  const run = await show(home)
  expect(run).toMatchObject({ status: 'completed', iteration: 2, error: null })
  return { run, names: run.metrics.map(({ name }) => name) }
}

const isTrained = ({ run }: { readonly run: Shown }) => {
  const norm = run.metrics.find(({ name }) => name === 'grad_norm')!
  expect(norm).toMatchObject({ count: 2 })
  expect(norm.max).toBeGreaterThan(0)
}

const kinds = Object.keys(NAMES) as (keyof typeof NAMES)[]

describe.each(kinds)('%s', (kind) => {
  const isGroup = kind === 'grpo' || kind === 'rloo'
  const objective: PlanInput['objective'] = isGroup ? { kind, kl: 0.01 } : { kind }
  const base = planOf(rows, { objective, budget: { trainedPerPrompt: isGroup ? 4 : 2 } })

  it('runs with GPO and logs its own names and those of GPO', async () => {
    const result = await trained({ ...base, gpo: { ...base.gpo, criticalStep: 'max' } })
    expect(result.names).toEqual(expect.arrayContaining([...COMMON, ...NAMES[kind], ...GPO]))
    isTrained(result)
  })

  it('runs without GPO and logs its own names only', async () => {
    const result = await trained({ ...base, gpo: { ...base.gpo, criticalStep: 'none' } })
    expect(result.names).toEqual(expect.arrayContaining([...COMMON, ...NAMES[kind]]))
    for (const name of result.names.filter((name) => name.startsWith('gpo/'))) expect(SAMPLED).toContain(name)
    expect(result.names).toContain('gpo/generated_tokens')
    isTrained(result)
  })
})

describe('the variants of guidance', () => {
  type Changes = Pick<PlanInput, 'objective' | 'gpo' | 'budget'>
  const four = { trainedPerPrompt: 4 }
  const cases: readonly (readonly [string, Changes])[] = [
    [
      'PPO without a value function',
      { objective: { kind: 'ppo', baseline: 'group' }, gpo: { criticalStep: 'undecided' } },
    ],
    ['PPO that repairs failures', { objective: { kind: 'ppo' }, gpo: { criticalStep: 'value', mode: 'repair' } }],
    ['GRPO where decided', { objective: { kind: 'grpo' }, gpo: { when: 'decided' }, budget: four }],
    ['GRPO by bisection', { objective: { kind: 'grpo' }, gpo: { search: 'bisect' }, budget: four }],
    ['GRPO on all continuations', { objective: { kind: 'grpo' }, gpo: { trainOn: 'all' }, budget: four }],
    [
      'GRPO with the options of DAPO',
      {
        objective: { kind: 'grpo', clipHigh: 0.28, average: 'token', scaleRewards: 'batch' },
        budget: { ...four, skipDecided: true },
      },
    ],
    [
      'GRPO with the options of Dr. GRPO',
      { objective: { kind: 'grpo', average: 'constant', scaleRewards: 'none', minibatches: 2 }, budget: four },
    ],
    [
      'RLOO by an adaptive search, half from the prompt',
      { objective: { kind: 'rloo' }, gpo: { search: 'adaptive', startMix: 0.5 } },
    ],
    ['RLOO on all continuations', { objective: { kind: 'rloo', normaliseAdvantages: true }, gpo: { trainOn: 'all' } }],
    ['DPO where decided', { objective: { kind: 'dpo' }, gpo: { when: 'decided' } }],
    ['SimPO on all continuations', { objective: { kind: 'simpo' }, gpo: { trainOn: 'all' } }],
    ['KTO where decided', { objective: { kind: 'kto' }, gpo: { when: 'decided', decided: 'either' }, budget: four }],
    ['ORPO, half from the prompt', { objective: { kind: 'orpo' }, gpo: { startMix: 0.5 } }],
  ]

  it.each(cases)('%s runs, and its trajectories are stored', async (_, changes) => {
    const base = planOf(rows, changes)
    const result = await trained({
      ...base,
      gpo: { ...base.gpo, ...planOf(rows, { objective: { kind: 'sft' } }).gpo, ...changes.gpo },
    })
    expect(result.names).toEqual(expect.arrayContaining(SAMPLED.slice(1)))
    expect(result.run.iteration).toBe(2)
  })

  it.each(['ppo', 'grpo', 'kto', 'dpo'] as const)(
    '%s goes on where no answer is ever right and decided groups are skipped',
    async (kind) => {
      const hopeless = join(home, 'hopeless.jsonl')
      writeFileSync(
        hopeless,
        [1, 2, 3, 4].map((i) => JSON.stringify({ prompt: `${i}+${i}=`, answer: 'zzzz' })).join('\n'),
      )
      const plan = planOf(hopeless, { objective: { kind }, budget: { trainedPerPrompt: 2, skipDecided: true } })
      const { run } = await trained({
        ...plan,
        verifier: { kind: 'regex', pattern: 'zzzz' },
        gpo: { ...plan.gpo, criticalStep: 'none' },
      })
      expect(metricsOf(home, run.id)['gpo/generated_tokens']![2]).toBeGreaterThan(0)
    },
  )

  it.each<[string, Changes, RegExp]>([
    [
      'bisection for another rule',
      { objective: { kind: 'grpo' }, gpo: { criticalStep: 'max', search: 'bisect' } },
      /gpo\.search.*undecided/,
    ],
    [
      'all continuations with a critic',
      { objective: { kind: 'ppo' }, gpo: { trainOn: 'all' } },
      /gpo\.trainOn.*baseline/,
    ],
    ['repair without a critic', { objective: { kind: 'grpo' }, gpo: { mode: 'repair' } }, /gpo\.mode.*PPO/],
  ])('%s is refused', async (_, changes, message) => {
    const { code, stderr } = await gpo(home, 'train', writePlan(home, planOf(rows, changes)))
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})

describe('sft', () => {
  it('runs on prompts with completions, and its loss falls', async () => {
    const file = join(home, 'sft.jsonl')
    const lines = [1, 2, 3, 4].map((i) => JSON.stringify({ prompt: `${i}+${i}=`, completion: `${2 * i}` }))
    writeFileSync(file, lines.join('\n'))
    const { run, names } = await trained(
      planOf(file, { objective: { kind: 'sft' }, optimiser: { learningRate: 1e-2 } }),
    )
    expect(names).toEqual(expect.arrayContaining([...COMMON, 'nll_loss']))
    const loss = metricsOf(home, run.id)['loss']!
    expect(loss[2]).toBeLessThan(loss[1]!)
  })
})
