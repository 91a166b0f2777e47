import { adamw } from '@engine/optim/adamw'
import { type HostParameter, sumOfSquares, updateInPlace } from '@engine/optim/host-adamw'
import { tf } from '@engine/tensor/tf'
import '@tensorflow/tfjs-backend-cpu'
import { beforeAll, expect, test } from 'vitest'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** The large one takes two blocks of the kernel, and none is a multiple of four. */
const SHAPES = { matrix: [5, 7], vector: [6], large: [130, 131] } as const
const wave = (size: number, offset: number, scale = 1) =>
  Float32Array.from({ length: size }, (_, i) => scale * Math.sin(1.7 * i + offset))

test.each([
  { name: 'as usual', config: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, maxGradNorm: 1 } },
  { name: 'no clipping, no decay', config: { beta1: 0.9, beta2: 0.95, epsilon: 1e-6, weightDecay: 0, maxGradNorm: 0 } },
  { name: 'no momentum', config: { beta1: 0, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, maxGradNorm: 0.5 } },
])('is AdamW from its parts: $name', ({ config }) => {
  const whole = adamw(config)
  const names = Object.keys(SHAPES) as (keyof typeof SHAPES)[]
  const sizeOf = (name: keyof typeof SHAPES) => SHAPES[name].reduce((a: number, b) => a * b, 1)
  const host = Object.fromEntries(
    names.map((name, i) => [
      name,
      { values: wave(sizeOf(name), i), m: new Float32Array(sizeOf(name)), v: new Float32Array(sizeOf(name)) },
    ]),
  )
  let params = Object.fromEntries(names.map((name, i) => [name, tf.tensor(wave(sizeOf(name), i), [...SHAPES[name]])]))
  let state = whole.init(params)
  for (let step = 1; step <= 30; step++) {
    const grads = Object.fromEntries(names.map((name, i) => [name, wave(sizeOf(name), i * step, step % 3 ? 2 : 0.05)]))
    const next = whole.update({
      params,
      state,
      grads: Object.fromEntries(names.map((name) => [name, tf.tensor(grads[name]!, [...SHAPES[name]])])),
      learningRate: tf.scalar(0.01),
      step: tf.scalar(step),
    })
    params = next.params
    state = next.state
    const gradNorm = Math.sqrt(names.reduce((sum, name) => sum + sumOfSquares(grads[name]!), 0))
    expect(gradNorm).toBeCloseTo(next.gradNorm.dataSync()[0]!, 4)
    for (const name of names) {
      const parameter: HostParameter = { ...host[name]!, grads: grads[name]!, decays: name !== 'vector' }
      updateInPlace(config, parameter, { step, learningRate: 0.01, gradNorm })
    }
  }
  for (const name of names) {
    const [own, expected] = [host[name]!, params[name]!.dataSync()]
    expected.forEach((value, i) => {
      expect(Math.abs(own.values[i]! - value)).toBeLessThan(2e-6)
    })
    state.m[name]!.dataSync().forEach((value, i) => {
      expect(own.m[i]).toBeCloseTo(value, 5)
    })
    state.v[name]!.dataSync().forEach((value, i) => {
      expect(own.v[i]).toBeCloseTo(value, 5)
    })
  }
})

test('a norm that is not finite is seen', () => {
  expect(sumOfSquares(Float32Array.of(1, Number.NaN))).toBeNaN()
  expect(sumOfSquares(Float32Array.of(1, Number.POSITIVE_INFINITY))).toBe(Number.POSITIVE_INFINITY)
  expect(sumOfSquares(Float32Array.of(3e30, 4e30))).toBeCloseTo(25e60, -55) // beyond float32
})
