import { expect, it } from 'vitest'
import { createMeter } from '../../../src/main/trainer/meter'

const event = (values: Record<string, number>) => ({ type: 'metrics', iteration: 1, values }) as const

it('counts tokens sampled in finished calls and tokens trained on, once each, over the time of the step', () => {
  const meter = createMeter(() => 5e8)
  meter.onPhase('rollouts', 1, 4, 10)
  meter.onPhase('rollouts', 4, 4, 40)
  meter.onPhase('reset', 2, 2, 20)
  meter.onPhase('reset', 2, 2, 30)
  meter.onPhase('update', 1, 1, 0)
  meter.onPhase('evaluation', 5, 5, 1000)
  expect(meter.complete(event({ loss: 1, num_tokens: 110, step_time: 2 })).values).toEqual({
    loss: 1,
    num_tokens: 110,
    step_time: 2,
    'system/tokens_per_second': 100,
    'system/rss_bytes': 5e8,
  })
})

it('begins each iteration at zero and gives no rate without a time', () => {
  const meter = createMeter(() => 1)
  meter.onPhase('values', 1, 1, 40)
  expect(meter.complete(event({})).values).toEqual({ 'system/rss_bytes': 1 })
  expect(meter.complete(event({ num_tokens: 6, step_time: 3 })).values['system/tokens_per_second']).toBe(2)
})
