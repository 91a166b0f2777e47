import { shownGroups } from '@renderer/features/run/chart-groups'
import { chartModel, readingsAt } from '@renderer/features/run/chart-model'
import { planRows } from '@renderer/features/run/plan-rows'
import { describe, expect, it } from 'vitest'
import { planSchema } from '../../../src/shared/schemas/plan'

const planOf = (kind: string, more: Record<string, unknown> = {}) =>
  planSchema.parse({
    model: { path: 'model' },
    data: { train: { path: 'data' } },
    objective: { kind },
    ...more,
  })

const titles = (kind: string, metrics: readonly string[], more: Record<string, unknown> = {}) =>
  Object.fromEntries(
    shownGroups(planOf(kind, more), (name) => metrics.includes(name)).map(({ id, charts, missing }) => [
      id,
      { charts: charts.map((chart) => chart.id), missing },
    ]),
  )

describe('groups of charts', () => {
  it('show what the run has, with the lines it has', () => {
    const groups = shownGroups(planOf('grpo'), (name) => ['reward', 'loss', 'kl'].includes(name))
    const reward = groups.find(({ id }) => id === 'reward')!.charts
    expect(reward.map(({ id, lines }) => [id, lines.length])).toEqual([['reward', 1]])
  })

  it('say why something is not there', () => {
    const groups = titles('grpo', ['reward', 'entropy'], { gpo: { criticalStep: 'none' } })
    expect(groups['gpo']).toEqual({ charts: [], missing: ['values and critical steps: the plan trains without GPO'] })
    expect(groups['kl']!.missing).toEqual(['KL: its coefficient is 0, so it is not measured'])
    expect(groups['reward']!.missing).toEqual(['accuracy: the plan has no evaluation data'])
  })

  it('leave preferences to those who learn from them', () => {
    expect(titles('ppo', ['rewards/chosen'])['preference']).toBeUndefined()
    expect(titles('dpo', ['rewards/chosen'])['preference']!.charts).toEqual(['margins'])
    expect(titles('kto', ['rewards/chosen'])['preference']!.charts).toEqual(['margins'])
  })
})

describe('a chart', () => {
  const [reward] = shownGroups(planOf('sft'), (name) => name === 'loss').flatMap(({ charts }) => charts)
  const settings = { smoothing: 0.6, isLog: false, isClipped: false }
  const range = [1, 30] as const
  const values = Array.from({ length: 30 }, (_, i) => i + 1)
  const curves = { loss: { iterations: values, values } }

  it('draws the curve faint under its smoothed one, and a short curve as its points', () => {
    expect(chartModel(reward!, curves, settings, range, []).lines.map(({ isFaint }) => isFaint ?? false)).toEqual([
      true,
      false,
    ])
    const short = { loss: { iterations: [1, 2, 3], values: [1, 2, 3] } }
    expect(chartModel(reward!, short, settings, range, []).lines).toMatchObject([{ hasPoints: true }])
  })

  it('reads the raw value at an iteration, and the exact newest one of a thinned curve', () => {
    const model = chartModel(reward!, curves, settings, range, [])
    expect(readingsAt(reward!, model, 7, range, new Map())[0]).toMatchObject({ value: 7, measuredAt: null })
    const thinned = { loss: { iterations: [1, 29_990], values: [1, 2] } }
    const long = [1, 30_000] as const
    const newest = new Map([['loss', { name: 'loss', last: 9, lastIteration: 30_000, min: 0, max: 9, count: 30_000 }]])
    const read = (iteration: number) =>
      readingsAt(reward!, chartModel(reward!, thinned, settings, long, []), iteration, long, newest)[0]
    expect(read(30_000)).toMatchObject({ value: 9, isNear: false, measuredAt: null })
    expect(read(29_995)).toMatchObject({ value: 2, isNear: true, measuredAt: null })
    expect(read(15_000)).toMatchObject({ value: 1, isNear: false, measuredAt: 1 })
  })
})

describe('the plan as a table', () => {
  it('has what was chosen first, then what was changed, with its default', () => {
    const { changed, standard } = planRows(
      planOf('ppo', { budget: { iterations: 7 }, optimiser: { learningRate: 0.5 } }),
    )
    expect(changed.map(({ label, value, standard: usual }) => [label, value, usual])).toEqual([
      ['Model', 'model', null],
      ['Data: Training data', 'data', null],
      ['Verifier', 'Number', null],
      ['Model: Adaptation', 'LoRA', null],
      ['Objective', 'PPO', null],
      ['Optimiser: Learning rate', '0.5', '1e-5'],
      ['Budget: Iterations', '7', '100'],
    ])
    expect(standard.map(({ path }) => path)).toContain('gpo.samples')
    expect(standard.map(({ path }) => path)).not.toContain('version')
  })
})
