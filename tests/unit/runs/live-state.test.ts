import { afterEvent, beginLive, type LiveRun } from '@main/runs/live-state'
import type { TrainerEvent } from '@shared/schemas/events'
import { planSchema } from '@shared/schemas/plan'
import { expect, test } from 'vitest'

const plan = planSchema.parse({ model: { path: 'm' }, data: { train: { path: 'd' } }, objective: { kind: 'ppo' } })
const begin = () => beginLive({ id: 'r', name: 'run', iteration: 0, iterations: 10, plan })
const phase = (name: 'load' | 'evaluation' | 'rollouts' | 'update', iteration: number, seconds = 0): TrainerEvent => ({
  ...{ type: 'phase', phase: name, iteration, iterations: 10, done: 1, total: 2, tokens: 0, seconds },
})
const metrics = (iteration: number): TrainerEvent => ({ type: 'metrics', iteration, values: {} })
const after = (live: LiveRun, ...events: readonly (readonly [at: number, event: TrainerEvent])[]) =>
  events.reduce((state, [at, event]) => afterEvent(state, event, 1000 * at), live)

test('the time left is known after the first iteration, without loading and evaluating', () => {
  const live = after(
    begin(),
    [5, phase('load', 0)],
    [20, phase('evaluation', 0)],
    [31, phase('rollouts', 1, 1)],
    [42, metrics(1)],
  )
  expect(live.active).toMatchObject({ iteration: 1, secondsLeft: 12 * 9, iterationEnd: 54_000 })
})

test('a pause is not counted as an iteration’s time', () => {
  const asked = after(begin(), [0, phase('rollouts', 1)], [10, metrics(1)])
  const paused = after(asked, [11, { type: 'obeyed', request: 'pause' }])
  expect(paused.active.state).toBe('paused')
  const gone = after(paused, [111, { type: 'obeyed', request: 'continue' }])
  expect(gone.active).toMatchObject({ state: 'running', iterationEnd: 120_000 })
  expect(after(gone, [119, metrics(2)]).active.secondsLeft).toBeCloseTo(9.5 * 8)
})

test('requests are pending until they are obeyed', () => {
  const asked = { ...begin(), active: { ...begin().active, pending: ['evaluation', 'checkpoint'] as const } }
  const obeyed = after(asked, [1, { type: 'obeyed', request: 'evaluation' }])
  expect(obeyed.active.pending).toEqual(['checkpoint'])
})
