import { scaleByAdam } from '@engine/optim/adam'
import { adamw } from '@engine/optim/adamw'
import { clipByGlobalNorm } from '@engine/optim/clip'
import { addDecayedWeights } from '@engine/optim/weight-decay'
import { type Tensor, tf } from '@engine/tensor/tf'
import '@tensorflow/tfjs-backend-cpu'
import { beforeAll, describe, expect, test } from 'vitest'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const data = (tensor: Tensor | undefined) => Array.from(tensor?.dataSync() ?? [])
const close = (values: readonly number[], digits = 6) => values.map((x) => expect.closeTo(x, digits))
const config = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradNorm: 0 }

describe('clipping by the global norm', () => {
  const grads = { a: tf.tensor1d([3]), b: tf.tensor2d([[4]]) } // √(9 + 16) = 5

  test('scales all gradients together and tells the norm before', () => {
    const clipped = clipByGlobalNorm(1)(grads)
    expect(data(clipped.norm)).toEqual(close([5]))
    expect([...data(clipped.grads.a), ...data(clipped.grads.b)]).toEqual(close([0.6, 0.8]))
  })

  test('leaves smaller gradients alone, and all of them when switched off', () => {
    for (const maxNorm of [6, 0]) expect(data(clipByGlobalNorm(maxNorm)(grads).grads.b)).toEqual([4])
  })

  test('adds 1e-6 to the norm, as PyTorch does', () => {
    // 1e-6 / (1e-6 + 1e-6) = 1/2
    const clipped = clipByGlobalNorm(1e-6)({ a: tf.tensor1d([1e-6]) })
    expect(data(clipped.grads.a)).toEqual(close([5e-7], 9))
  })

  test('gives 0 for gradients of 0', () => {
    expect(data(clipByGlobalNorm(1)({ a: tf.zeros([2]) }).grads.a)).toEqual([0, 0])
  })
})

describe('Adam', () => {
  test('corrects the bias of its running means', () => {
    // g = 2 then −1. m = 0.2, 0.08; v = 0.004, 0.004996; corrected 0.08 / 0.19 and 0.004996 / 0.001999
    const adam = scaleByAdam({ beta1: 0.9, beta2: 0.999, epsilon: 0.5 })
    const first = adam.update({ w: tf.tensor1d([2]) }, adam.init({ w: tf.tensor1d([7]) }), tf.scalar(1))
    expect(data(first.updates.w)).toEqual(close([2 / (2 + 0.5)]))
    const second = adam.update({ w: tf.tensor1d([-1]) }, first.state, tf.scalar(2))
    expect(data(second.state.m.w)).toEqual(close([0.08]))
    expect(data(second.state.v.w)).toEqual(close([0.004996], 8))
    expect(data(second.updates.w)).toEqual(close([0.08 / 0.19 / (Math.sqrt(0.004996 / 0.001999) + 0.5)]))
  })

  test('works without momentum and after a million steps', () => {
    const adam = scaleByAdam({ beta1: 0, beta2: 0.999, epsilon: 1e-8 })
    const { updates } = adam.update(
      { w: tf.tensor1d([3]) },
      { m: { w: tf.zeros([1]) }, v: { w: tf.tensor1d([9]) } },
      tf.scalar(1e6),
    )
    expect(data(updates.w)).toEqual(close([1]))
  })

  test('names a gradient that is missing', () => {
    const adam = scaleByAdam(config)
    const state = adam.init({ w: tf.zeros([1]) })
    expect(() => adam.update({}, state, tf.scalar(1))).toThrow('grads has no tensor named "w"')
  })
})

describe('weight decay', () => {
  test('adds the weights of the chosen parameters to their updates', () => {
    const params = { a: tf.tensor1d([10]), b: tf.tensor1d([20]) }
    const updates = { a: tf.tensor1d([1]), b: tf.tensor1d([1]) }
    const decayed = addDecayedWeights(0.1, (name) => name === 'b')(updates, params)
    expect([...data(decayed.a), ...data(decayed.b)]).toEqual(close([1, 3]))
  })

  test('reaches matrices and spares vectors in AdamW', () => {
    // first step: g / |g| = 1; matrix 1 − 0.1 (1 + 0.1 · 1) = 0.89, vector 1 − 0.1 = 0.9
    const optimiser = adamw({ ...config, weightDecay: 0.1 })
    const params = { matrix: tf.tensor2d([[1]]), vector: tf.tensor1d([1]) }
    const grads = { matrix: tf.tensor2d([[0.5]]), vector: tf.tensor1d([0.5]) }
    const state = optimiser.init(params)
    const next = optimiser.update({ params, grads, state, learningRate: tf.scalar(0.1), step: tf.scalar(1) })
    expect([...data(next.params.matrix), ...data(next.params.vector)]).toEqual(close([0.89, 0.9]))
  })
})

describe('AdamW', () => {
  test('reaches the minimum of a parabola', () => {
    const optimiser = adamw({ ...config, maxGradNorm: 1 })
    const target = tf.tensor1d([3, -2])
    let params: Readonly<Record<string, Tensor>> = { w: tf.tensor1d([0, 0]) }
    let state = optimiser.init(params)
    for (let step = 1; step <= 300; step++) {
      const grads = { w: tf.sub(params.w!, target) }
      const next = optimiser.update({ params, grads, state, learningRate: tf.scalar(0.05), step: tf.scalar(step) })
      params = next.params
      state = next.state
    }
    expect(data(params.w)).toEqual(close([3, -2], 2))
  })

  test('keeps its inputs and leaves only its outputs in memory', () => {
    const optimiser = adamw({ ...config, weightDecay: 0.01, maxGradNorm: 1 })
    const params = { w: tf.ones([2, 2]), b: tf.ones([2]) }
    const grads = { w: tf.ones([2, 2]), b: tf.ones([2]) }
    const input = { params, grads, state: optimiser.init(params), learningRate: tf.scalar(0.1), step: tf.scalar(1) }
    const before = tf.memory().numTensors
    optimiser.update(input)
    expect(tf.memory().numTensors - before).toBe(7) // 2 parameters, 2 m, 2 v, the norm
    expect(data(params.b)).toEqual([1, 1])
  })

  test('tells a gradient that is not finite by its norm', () => {
    const optimiser = adamw({ ...config, maxGradNorm: 1 })
    const params = { w: tf.ones([2]) }
    const input = { params, state: optimiser.init(params), learningRate: tf.scalar(0.1), step: tf.scalar(1) }
    const { gradNorm } = optimiser.update({ ...input, grads: { w: tf.tensor1d([1, Number.NaN]) } })
    expect(data(gradNorm)).toEqual([Number.NaN])
  })
})
