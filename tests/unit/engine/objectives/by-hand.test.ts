import { dpoLoss } from '@engine/objectives/dpo'
import { k3Kl } from '@engine/objectives/k3-kl'
import { ktoBaseline, ktoLoss } from '@engine/objectives/kto'
import { orpoLoss } from '@engine/objectives/orpo'
import { clippedPolicyLoss } from '@engine/objectives/policy-gradient'
import type { ObjectiveResult } from '@engine/objectives/result'
import { sftLoss } from '@engine/objectives/sft'
import { simpoLoss } from '@engine/objectives/simpo'
import { clippedValueLoss } from '@engine/objectives/value'
import { type Tensor, tf } from '@engine/tensor/tf'
import '@tensorflow/tfjs-backend-cpu'
import { beforeAll, describe, expect, test } from 'vitest'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const one = tf.scalar
const row = (...values: number[]) => tf.tensor1d(values)
const grid = (...rows: number[][]) => tf.tensor2d(rows)
const number = (tensor: Tensor) => tensor.dataSync()[0] ?? Number.NaN

function expectResult({ loss, stats }: ObjectiveResult, expected: { loss: number; stats: Record<string, number> }) {
  expect(number(loss)).toBeCloseTo(expected.loss, 5)
  expect(Object.keys(stats).sort()).toEqual(Object.keys(expected.stats).sort())
  for (const [name, value] of Object.entries(expected.stats)) expect(number(stats[name]!), name).toBeCloseTo(value, 5)
}

test('SFT is the mean negative log-probability of the response tokens', () => {
  // (2 + 3 + 4) / 3 = 3
  const mask = grid([0, 1, 1], [1, 0, 0])
  const result = sftLoss({ logp: grid([-1, -2, -3], [-4, -5, -6]), mask, denominator: one(3) })
  expectResult(result, { loss: 3, stats: { nll_loss: 3 } })
})

describe('DPO', () => {
  const weight = row(1)
  test('is −log σ(β (Δ_chosen − Δ_rejected))', () => {
    // Δ_chosen = −10 + 12 = 2, Δ_rejected = −20 + 17 = −3; β (2 + 3) = 0.5; −log σ(0.5) = log(1 + e^−0.5) = 0.474077
    const result = dpoLoss({
      logpChosen: row(-10),
      refLogpChosen: row(-12),
      logpRejected: row(-20),
      refLogpRejected: row(-17),
      weight,
      denominator: one(1),
      beta: 0.1,
    })
    expectResult(result, {
      loss: 0.474077,
      stats: {
        'rewards/chosen': 0.2,
        'rewards/rejected': -0.3,
        'rewards/margins': 0.5,
        'rewards/accuracies': 1,
        'logps/chosen': -10,
        'logps/rejected': -20,
      },
    })
  })

  test('at the start, where policy and reference agree, costs log 2 and pulls with β / 2 on both sides', () => {
    const ref = { refLogpChosen: row(-5), refLogpRejected: row(-6) }
    const loss = (logpChosen: Tensor, logpRejected: Tensor) =>
      dpoLoss({ logpChosen, logpRejected, ...ref, weight, denominator: one(1), beta: 0.1 }).loss
    const { value, grads } = tf.valueAndGrads(loss)([row(-5), row(-6)])
    expect(number(value)).toBeCloseTo(Math.LN2, 6)
    expect(grads.map(number)).toEqual([expect.closeTo(-0.05, 7), expect.closeTo(0.05, 7)])
  })
})

test('SimPO compares mean log-probabilities and wants a margin', () => {
  // chosen −8 / 4 = −2, rejected −9 / 3 = −3; 2.5 (−2 + 3) − 2.5 · 0.55 = 1.125; log(1 + e^−1.125)
  const result = simpoLoss({
    logpChosen: row(-8),
    logpRejected: row(-9),
    lengthChosen: row(4),
    lengthRejected: row(3),
    weight: row(1),
    denominator: one(1),
    beta: 2.5,
    gammaRatio: 0.55,
  })
  expectResult(result, {
    loss: Math.log1p(Math.exp(-1.125)),
    stats: {
      'rewards/chosen': -5,
      'rewards/rejected': -7.5,
      'rewards/margins': 2.5,
      'rewards/accuracies': 1,
      'logps/chosen': -2,
      'logps/rejected': -3,
    },
  })
})

test('ORPO adds the log odds ratio to the supervised loss', () => {
  // mean token probabilities 3/4 and 1/4: odds 3 and 1/3, ratio 9, σ(log 9) = 9/10
  const result = orpoLoss({
    logpChosen: row(2 * Math.log(3 / 4)),
    logpRejected: row(5 * Math.log(1 / 4)),
    lengthChosen: row(2),
    lengthRejected: row(5),
    weight: row(1),
    denominator: one(1),
    lambda: 0.1,
  })
  const [chosen, rejected] = [Math.log(3 / 4), Math.log(1 / 4)]
  expectResult(result, {
    loss: -chosen - 0.1 * Math.log(9 / 10),
    stats: {
      'rewards/chosen': 0.1 * chosen,
      'rewards/rejected': 0.1 * rejected,
      'rewards/margins': 0.1 * (chosen - rejected),
      'rewards/accuracies': 1,
      'logps/chosen': chosen,
      'logps/rejected': rejected,
      nll_loss: -chosen,
      log_odds_ratio: Math.log(9 / 10),
      log_odds_chosen: Math.log(9),
    },
  })
})

describe('KTO', () => {
  test('weighs 1 − σ of the distance to the baseline by kind of answer', () => {
    // z = 0.5, β = 1. Desirable: Δ − z = log 3, 1 − σ = 1/4. Undesirable: z − Δ = log 3, also 1/4, twice. (2/4 + 4/4 + 4/4) / 3 = 5/6
    const log3 = Math.log(3)
    const result = ktoLoss({
      logp: row(-6, -8, -8, 99),
      refLogp: row(-6.5 - log3, -8.5 + log3, -8.5 + log3, 0),
      label: row(1, 0, 0, 1),
      weight: row(1, 1, 1, 0),
      klBaseline: one(0.5),
      denominator: one(3),
      desirableCount: one(1),
      undesirableCount: one(2),
      beta: 1,
      desirableWeight: 2,
      undesirableWeight: 4,
    })
    expectResult(result, {
      loss: 5 / 6,
      stats: {
        'rewards/chosen': 0.5 + log3,
        'rewards/rejected': 0.5 - log3,
        'rewards/margins': 2 * log3,
        'logps/chosen': -6,
        'logps/rejected': -8,
        kl: 0.5,
      },
    })
  })

  test('has a baseline that is the mean difference and never negative', () => {
    expect(ktoBaseline([1, 2, 6])).toBe(3)
    expect(ktoBaseline(Float32Array.of(-1, -3))).toBe(0)
    expect(ktoBaseline([])).toBe(0)
  })
})

describe('the clipped policy loss', () => {
  // ratios 1.5, 1.5, 0.5, 0.5 with advantages 1, −1, 1, −1:
  // max(−1.5, −1.2) = −1.2 (clipped), max(1.5, 1.2) = 1.5, max(−0.5, −0.8) = −0.5, max(0.5, 0.8) = 0.8 (clipped); mean 0.15
  const logRatios = [Math.log(1.5), Math.log(1.5), Math.log(0.5), Math.log(0.5)]
  const logp = grid(logRatios.map((x) => x - 2))
  const rest = {
    oldLogp: grid([-2, -2, -2, -2]),
    advantages: grid([1, -1, 1, -1]),
    mask: grid([1, 1, 1, 1]),
    denominator: one(4),
    clip: 0.2,
  }

  test('takes the worse of the plain and the clipped ratio', () => {
    expectResult(clippedPolicyLoss({ logp, ...rest }), {
      loss: 0.15,
      stats: {
        'policy/approxkl_avg': (Math.log(1.5) ** 2 + Math.log(0.5) ** 2) / 4,
        'policy/clipfrac_avg': 0.5,
        'val/ratio': 1,
        'clip_ratio/low_mean': 0.25,
        'clip_ratio/high_mean': 0.25,
      },
    })
  })

  test('gives no gradient where it clips and −A ρ elsewhere', () => {
    const gradient = tf.grad((x) => clippedPolicyLoss({ logp: x, ...rest }).loss)(logp)
    const expected = [0, 1.5 / 4, -0.5 / 4, 0].map((x) => expect.closeTo(x, 6))
    expect(Array.from(gradient.dataSync())).toEqual(expected)
  })
})

test('the clipped value loss takes the worse of the plain and the clipped value', () => {
  // V 2, old 1, R 3, clip 0.5: V_clip 1.5, ½ max(1, 2.25) = 1.125 (clipped); V 1.2, old 1, R 0: ½ 1.44 = 0.72; mean 0.9225
  const result = clippedValueLoss({
    values: grid([2, 1.2]),
    oldValues: grid([1, 1]),
    returns: grid([3, 0]),
    mask: grid([1, 1]),
    denominator: one(2),
    clip: 0.5,
  })
  expectResult(result, { loss: 0.9225, stats: { 'val/clipfrac_avg': 0.5 } })
})

test('k3 is e^d − d − 1 with a gradient of 1 − e^d', () => {
  // d = log 2: 2 − log 2 − 1 = 0.306853, gradient −1; d = 0 costs nothing
  const rest = { refLogp: grid([Math.LN2 - 3, -3]), mask: grid([1, 1]), denominator: one(1) }
  const logp = grid([-3, -3])
  expectResult(k3Kl({ logp, ...rest }), { loss: 1 - Math.LN2, stats: { kl: 1 - Math.LN2 } })
  const gradient = tf.grad((x) => k3Kl({ logp: x, ...rest }).loss)(logp)
  expect(Array.from(gradient.dataSync())).toEqual([expect.closeTo(-1, 6), expect.closeTo(0, 6)])
})
