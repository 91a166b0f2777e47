import { describe, expect, it } from 'vitest'
import { HEALTH_METRICS, healthOf } from '../../../src/shared/health'
import type { EvaluationRecord } from '../../../src/shared/schemas/events'
import { planSchema } from '../../../src/shared/schemas/plan'

const planOf = (objective: string, more: Record<string, unknown> = {}) =>
  planSchema.parse({
    model: { path: 'model' },
    data: { train: { path: 'data' } },
    objective: { kind: objective },
    ...more,
  })

const series = (values: readonly number[]) => ({ iterations: values.map((_, i) => i + 1), values })
const repeated = (value: number, count = 20) => Array.from({ length: count }, () => value)
const line = (from: number, to: number, count = 20) =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))

function findings(
  objective: string,
  metrics: Record<string, readonly number[]>,
  evaluations: readonly EvaluationRecord[] = [],
  plan: Record<string, unknown> = {},
) {
  const input = Object.fromEntries(Object.entries(metrics).map(([name, values]) => [name, series(values)]))
  return healthOf({ plan: planOf(objective, plan), series: input, evaluations })
}

const levels = (...args: Parameters<typeof findings>) =>
  Object.fromEntries(findings(...args).map(({ id, level }) => [id, level]))

const evaluation = (iteration: number, correct: number, n = 100, truncated = 0): EvaluationRecord => ({
  iteration,
  n,
  correct,
  accuracy: correct / n,
  statuses: { correct, wrong: n - correct - truncated, unparseable: 0, truncated, timeout: 0 },
  meanTokens: 10,
})

describe('health', () => {
  it('has nothing to say before there is something to see', () => {
    expect(findings('ppo', {})).toEqual([])
    expect(findings('dpo', { entropy: [0.5] })).toEqual([])
  })

  it('gives warnings first, each with something to try; what is fine needs no cure', () => {
    const all = findings('grpo', {
      frac_reward_zero_std: repeated(0.2),
      entropy: [...repeated(1, 10), ...repeated(0.01, 10)],
      grad_norm: repeated(0.5),
    })
    expect(all.map(({ level }) => level)).toEqual(['warning', 'ok', 'ok'])
    for (const { level, why, try: cure } of all) {
      expect(why).not.toBe('')
      if (level === 'warning') expect(cure).toBeTruthy()
      else expect(cure).toBeNull()
    }
  })

  it('looks at metrics it names', () => {
    const seen = new Set<string>()
    const spy = new Proxy({}, { get: (_, name) => void seen.add(String(name)) })
    for (const kind of ['ppo', 'grpo', 'dpo', 'kto', 'sft'])
      healthOf({ plan: planOf(kind), series: spy, evaluations: [] })
    expect(seen.size).toBeGreaterThan(5)
    for (const name of seen) expect(HEALTH_METRICS).toContain(name)
  })
})

describe('entropy', () => {
  it('warns of a collapse to a tenth, and below a thousandth of a nat', () => {
    expect(levels('ppo', { entropy: line(0.5, 0.2) })['entropy']).toBe('ok')
    expect(levels('ppo', { entropy: [...repeated(0.5, 10), ...repeated(0.04, 10)] })['entropy']).toBe('warning')
    expect(levels('ppo', { entropy: repeated(0.0005) })['entropy']).toBe('warning')
  })

  it('warns when answers become random, in a short run too', () => {
    const [finding] = findings('ppo', { entropy: [0.03, 0.9, 5, 5.4] })
    expect(finding).toMatchObject({ level: 'warning', title: 'Answers have become random' })
  })
})

describe('distance to the reference', () => {
  const length = { 'completions/mean_length': repeated(100) }

  it('is per token: of PPO and KTO the completion is divided by its length', () => {
    expect(levels('ppo', { 'objective/kl': repeated(20), ...length })['kl']).toBe('ok')
    expect(levels('ppo', { 'objective/kl': repeated(80), ...length })['kl']).toBe('warning')
    expect(levels('kto', { kl: repeated(20), ...length })['kl']).toBe('ok')
    expect(levels('grpo', { kl: repeated(20), ...length })['kl']).toBe('warning')
  })

  it('warns of single updates that are too large', () => {
    expect(levels('ppo', { 'policy/approxkl_avg': repeated(0.01) })).toEqual({})
    expect(levels('ppo', { 'policy/approxkl_avg': repeated(0.5) })['update']).toBe('warning')
  })
})

describe('rewards', () => {
  it('counts groups that are all equal', () => {
    expect(findings('grpo', { frac_reward_zero_std: repeated(0.18) })[0]).toMatchObject({
      level: 'ok',
      title: '18 % of groups all equal',
    })
    expect(levels('grpo', { frac_reward_zero_std: repeated(0.9) })['rewards']).toBe('warning')
  })

  it('advises by what the equal rewards are', () => {
    const cure = (reward: number) =>
      findings('ppo', { reward: repeated(reward), reward_std: repeated(0) }).find(({ id }) => id === 'rewards')!.try
    expect(cure(0)).toMatch(/Easier/)
    expect(cure(1)).toMatch(/Harder/)
  })

  it('is not asked of supervised fine-tuning', () => {
    expect(levels('sft', { reward_std: repeated(0) })['rewards']).toBeUndefined()
  })
})

describe('learning signal', () => {
  it('misses pairs, labels, gradients and critical steps', () => {
    const budget = { budget: { promptsPerIteration: 8, trainedPerPrompt: 4 } }
    const sampled = { 'completions/mean_length': repeated(20) }
    expect(levels('dpo', { pairs: repeated(30), ...sampled }, [], budget)['pairs']).toBeUndefined()
    expect(levels('dpo', { pairs: repeated(6), ...sampled }, [], budget)['pairs']).toBe('warning')
    expect(levels('dpo', { pairs: repeated(6) }, [], budget), 'the data’s own pairs').toEqual({})
    expect(levels('kto', { desirable_ratio: repeated(1) })['labels']).toBe('warning')
    expect(levels('kto', { desirable_ratio: repeated(0.9) })['labels']).toBeUndefined()
    expect(levels('grpo', { grad_norm: repeated(0) })['gradient']).toBe('warning')
    expect(levels('ppo', { 'gpo/max_advantage': repeated(0) })['advantage']).toBe('warning')
  })
})

describe('answers', () => {
  it('warns of truncated and of unparseable ones apart', () => {
    const rates = (truncated: number, unparseable: number) => ({
      'completions/clipped_ratio': repeated(truncated),
      'completions/unparseable_ratio': repeated(unparseable),
    })
    expect(levels('ppo', rates(0.05, 0.1))).toEqual({ answers: 'ok' })
    expect(levels('ppo', rates(0.22, 0))).toEqual({ truncated: 'warning' })
    expect(levels('ppo', rates(0.5, 0.5))).toEqual({ truncated: 'warning', unparseable: 'warning' })
    expect(findings('ppo', rates(0.22, 0))[0]!.title).toBe('22 % of answers truncated')
  })

  it('takes the newest evaluation where nothing is sampled', () => {
    expect(levels('sft', {}, [evaluation(4, 20, 100, 60)])['truncated']).toBe('warning')
  })
})

describe('chosen answers', () => {
  it('warns when their log-probability falls while the margin grows', () => {
    const [finding] = findings('dpo', { 'logps/chosen': line(-10, -30), 'rewards/margins': line(0, 2) })
    expect(finding).toMatchObject({ id: 'chosen', level: 'warning' })
    expect(finding!.why).toMatch(/while the margin grows/)
  })

  it('lets noise, short runs and other objectives be', () => {
    expect(levels('dpo', { 'logps/chosen': line(-10, -10.4) })).toEqual({ chosen: 'ok' })
    expect(levels('dpo', { 'logps/chosen': line(-10, -30, 6) })).toEqual({})
    expect(levels('kto', { 'logps/chosen': line(-10, -30) })).toEqual({})
  })
})

describe('spikes', () => {
  it('sees one in the gradient norm or in a loss above 0, among the newest', () => {
    const spiky = [...repeated(0.5), 9, ...repeated(0.5, 3)]
    expect(levels('ppo', { grad_norm: spiky })['spike']).toBe('warning')
    expect(levels('ppo', { grad_norm: [9, ...repeated(0.5, 40)] })['spike']).toBe('ok')
    expect(levels('sft', { grad_norm: repeated(0.5), loss: spiky })['spike']).toBe('warning')
    expect(levels('ppo', { grad_norm: repeated(0.5), loss: [...spiky, -0.1] })['spike']).toBe('ok')
  })

  it('says when everything is clipped away', () => {
    expect(findings('ppo', { grad_norm: [3, 700, 80, 40] })[0]!.title).toMatch(/clipping limit/)
  })
})

describe('held-out accuracy', () => {
  it('warns of a fall that chance does not explain', () => {
    expect(levels('ppo', {}, [evaluation(0, 50), evaluation(10, 48)])['accuracy']).toBe('open')
    expect(levels('ppo', {}, [evaluation(0, 50), evaluation(10, 75)])['accuracy']).toBe('ok')
    expect(levels('ppo', {}, [evaluation(0, 50), evaluation(10, 10)])['accuracy']).toBe('warning')
    expect(levels('ppo', {}, [evaluation(0, 50)])['accuracy']).toBeUndefined()
  })

  it('says that few rows decide nothing, and how many would', () => {
    const [finding] = findings('ppo', {}, [evaluation(0, 19, 30), evaluation(10, 16, 30)])
    expect(finding).toMatchObject({
      level: 'open',
      title: 'Held-out accuracy has not measurably changed (−10 points, ±21)',
    })
    expect(finding?.why).toMatch(
      /63 % before training, 53 % after iteration 10, of 30 held-out rows.* About 1[0-9]0 rows would tell/,
    )
  })

  it('warns where a fall is likely though not certain', () => {
    const [finding] = findings('ppo', {}, [evaluation(0, 50), evaluation(10, 40)])
    expect(finding).toMatchObject({ level: 'warning' })
    expect(finding?.title).toMatch(/probably fallen/)
  })

  it('compares row by row where the rows are the same', () => {
    const one = (iteration: number, right: string): EvaluationRecord => ({
      ...evaluation(iteration, right.split('1').length - 1, right.length),
      problems: { rows: `0-${right.length - 1}`, right },
    })
    const [before, after] = ['1'.repeat(50) + '0'.repeat(50), '1'.repeat(44) + '0'.repeat(56)]
    const [apart] = findings('ppo', {}, [evaluation(0, 50), evaluation(10, 44)])
    const [paired] = findings('ppo', {}, [one(0, before), one(10, after)])
    expect([apart?.level, paired?.level]).toEqual(['open', 'warning'])
    expect(paired?.title).toMatch(/has fallen/)
  })

  it('compares servers with the bound of their precision, and sees what the correction throws away', () => {
    const near = {
      'sampler/logp_difference': repeated(0.02),
      'sampler/clipped': repeated(0),
      'sampler/effective': repeated(1),
    }
    const inWords = { rollout: { engines: ['http://127.0.0.1:8000'], enginePrecision: 'float32' } }
    expect(levels('grpo', near)['servers']).toBe('ok')
    expect(levels('grpo', near, [], inWords)['servers']).toBe('warning')
    expect(levels('grpo', { ...near, 'sampler/clipped': repeated(0.1) })['servers']).toBe('warning')
    expect(levels('grpo', { ...near, 'sampler/effective': repeated(0.5) })['servers']).toBe('warning')
    expect(levels('grpo', { ...near, 'sampler/staleness': repeated(20) })).toMatchObject({ staleness: 'warning' })
    expect(levels('grpo', { entropy: repeated(1) })['servers']).toBeUndefined()
  })
})
