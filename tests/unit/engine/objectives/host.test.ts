import { generalizedAdvantages, whiten } from '@engine/objectives/gae'
import { groupAdvantages } from '@engine/objectives/group-advantage'
import { ppoRewards } from '@engine/objectives/ppo-rewards'
import { describe, expect, test } from 'vitest'

const close = (values: readonly number[]) => values.map((x) => expect.closeTo(x, 6))

describe('generalized advantages', () => {
  const sequence = { rewards: [0, 0, 1, 9], values: [0.5, 0.6, 0.7, 9], length: 3, gamma: 1 }

  test('discount later surprises by λ and end at a state of value 0', () => {
    // δ = 0.6 − 0.5, 0.7 − 0.6, 1 − 0.7; Â₂ = 0.3, Â₁ = 0.1 + 0.15 = 0.25, Â₀ = 0.1 + 0.125 = 0.225
    const { advantages, returns } = generalizedAdvantages({ ...sequence, lambda: 0.5 })
    expect(Array.from(advantages)).toEqual(close([0.225, 0.25, 0.3]))
    expect(Array.from(returns)).toEqual(close([0.725, 0.85, 1]))
  })

  test('with λ = 1 are what is still to come minus the value', () => {
    const { advantages } = generalizedAdvantages({ ...sequence, lambda: 1 })
    expect(Array.from(advantages)).toEqual(close([0.5, 0.4, 0.3]))
  })

  test('with λ = 0 are the one-step surprises, discounted by γ', () => {
    // 0.5 · 0.6 − 0.5, 0.5 · 0.7 − 0.6, 1 − 0.7
    const { advantages } = generalizedAdvantages({ ...sequence, gamma: 0.5, lambda: 0 })
    expect(Array.from(advantages)).toEqual(close([-0.2, -0.25, 0.3]))
  })

  test('refuse a length beyond the data, and an empty sequence is empty', () => {
    expect(() => generalizedAdvantages({ ...sequence, lambda: 1, length: 5 })).toThrow(
      '5 tokens, but 4 rewards, 4 values',
    )
    expect(generalizedAdvantages({ ...sequence, lambda: 1, length: 0 }).advantages).toHaveLength(0)
  })
})

describe('whitening', () => {
  test('gives mean 0 and sample deviation 1 over the mask, 0 elsewhere', () => {
    // 1, 2, 3: mean 2, sample variance 1
    expect(Array.from(whiten(Float32Array.of(1, 50, 2, 3), [1, 0, 1, 1]))).toEqual(close([-1, 0, 0, 1]))
  })

  test('gives 0 for equal values and leaves a single one alone', () => {
    expect(Array.from(whiten(Float32Array.of(2, 2), [1, 1]))).toEqual([0, 0])
    expect(Array.from(whiten(Float32Array.of(5, 7), [0, 1]))).toEqual([0, 7])
  })
})

test('PPO rewards are the KL penalty on each token and the reward on the last', () => {
  // −0.1 (−1 + 2), −0.1 (−3 + 1) + 5
  const rewards = ppoRewards({ logp: [-1, -3, 9], refLogp: [-2, -1, 9], length: 2, terminalReward: 5, kl: 0.1 })
  expect(Array.from(rewards)).toEqual(close([-0.1, 5.2]))
})

describe('group advantages', () => {
  test('divide by the sample deviation plus ε', () => {
    // rewards 1, 0, 0, 1: mean 1/2, √(4 · 1/4 / 3) = 0.577350; with ε = 0.1: 0.5 / 0.677350 = 0.738171
    const { mean, std, advantages } = groupAdvantages([1, 0, 0, 1], 0.1)
    expect([mean, std]).toEqual(close([0.5, 0.57735027]))
    expect(advantages).toEqual(close([0.738171, -0.738171, -0.738171, 0.738171]))
  })

  test('are 0 when all rewards are equal', () => {
    expect(groupAdvantages([1, 1, 1], 1e-4)).toMatchObject({ mean: 1, std: 0, advantages: [0, 0, 0] })
    expect(groupAdvantages([0.3], 1e-4).advantages).toEqual([0])
  })
})
