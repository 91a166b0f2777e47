/**
 * What WebGPU computes is what the CPU computes, on a software adapter: right, not fast. Values agree within 1e-4, gradients within 1e-4 of their
 * largest number, draws are the same tokens.
 */

import { gatherLogProb } from '@engine/core/logprob'
import { createOnnxBackend } from '@engine/devices/onnx'
import { createResidentBackend, type ResidentBackend } from '@engine/devices/resident'
import { selfTest } from '@engine/devices/self-test'
import { drawnTokens, likeliestTokens } from '@engine/rollout/drawn'
import type { Backend } from '@engine/tensor/backend'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '@engine/tensor/tf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { iterate } from '../support/all-programs'
import { noVulkan } from '../support/software-vulkan'
import { randomWeights, tinyConfig } from '../support/tiny-model'

const reason = await noVulkan()
const TIME = 300_000

const wave = (size: number, step = 1.3) => Float32Array.from({ length: size }, (_, i) => Math.sin(step * i + 0.4))

interface Given {
  readonly x: Tensor
  readonly logits: Tensor2D
  readonly ids: Tensor1D
  readonly u: Tensor
  readonly places: Tensor
}

/** Every operation that has a lowering of its own for WebGPU, with its gradient where it has one. */
function operations({ x, logits, ids, u, places }: Given): Record<string, Tensor> {
  const gradient = (fn: (x: Tensor2D) => Tensor) => tf.grad((y) => tf.sum(tf.mul(fn(y as Tensor2D), 0.7)))(logits)
  const product = tf.grads((a, b) => tf.sum(tf.square(tf.matMul(a!, b!, false, true))))([x, tf.mul(x, 0.5)])
  return {
    or: tf.cast(tf.logicalOr(tf.greater(x, 0.5), tf.less(x, -0.5)), 'float32'),
    sign: tf.sign(x),
    softmax: tf.logSoftmax(logits),
    softmaxGradient: gradient((y) => tf.logSoftmax(y)),
    picked: gatherLogProb(logits, ids),
    pickedGradient: gradient((y) => gatherLogProb(y, ids)),
    hot: tf.oneHot(ids, 7, 2, -1),
    product: tf.matMul(x, x, true, false),
    left: product[0]!,
    right: product[1]!,
    scattered: tf.tensorScatterUpdate(logits, places, tf.square(tf.gather(logits, ids))),
    sums: tf.cumsum(logits, 1),
    drawn: drawnTokens(logits, u).tokens,
    drawnLogprobs: drawnTokens(logits, u).logprobs,
    likeliest: likeliestTokens(logits).tokens,
  }
}

async function computed(backend: Backend): Promise<Record<string, readonly number[]>> {
  const inputs = {
    x: backend.tensor(wave(2 * 3 * 4), [2, 3, 4]),
    logits: backend.tensor(
      wave(6 * 300, 0.37).map((v) => 3 * v),
      [6, 300],
    ),
    ids: backend.tensor(Int32Array.of(2, 0, 5, 5, 1, 3), [6]),
    u: backend.tensor(Float32Array.of(0, 0.2, 0.5, 0.7, 0.99999, 0.9999999), [6]),
    places: backend.tensor(Int32Array.of(5, 4, 3, 2, 1, 0), [6, 1]),
  }
  const out = await backend.program('operations', operations).run(inputs as never)
  const entries = Object.entries(out).map(async ([name, tensor]) => [name, [...(await backend.read(tensor))]] as const)
  return Object.fromEntries(await Promise.all(entries))
}

describe.skipIf(reason !== null)(`WebGPU${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const host = createOnnxBackend({ threads: 1 })
  let card: ResidentBackend
  beforeAll(async () => {
    card = await createResidentBackend({ device: 'webgpu', isStrict: true })
  })
  afterAll(async () => {
    await card?.close()
    await host.close()
  })

  test('operations with lowerings of their own', { timeout: TIME }, async () => {
    const [a, b] = [await computed(host), await computed(card)]
    for (const [name, values] of Object.entries(a)) {
      const largest = Math.max(1e-3, ...values.map(Math.abs))
      const shares = (numbers: readonly number[]) => numbers.map((x) => x / largest)
      expect(shares(b[name]!), name).toEqual(shares(values).map((x) => expect.closeTo(x, 4)))
    }
  })

  test('loss and gradients of a decoder, while the event loop ticks', { timeout: TIME }, async () => {
    let ticks = 0
    const timer = setInterval(() => ticks++, 20)
    const { worst } = await selfTest(card)
    clearInterval(timer)
    expect(worst).toBeLessThan(1e-4)
    expect(ticks).toBeGreaterThan(5)
  })

  test('three iterations of GPO: the tokens, rewards and losses of the CPU', { timeout: TIME }, async () => {
    const run = (backend: Backend) => iterate(backend, 'grpo', 'lora', false, tinyConfig, randomWeights(), 3)
    const [a, b] = [await run(host), await run(card)]
    expect(a.trajectories).toHaveLength(6)
    expect(a.trajectories.flatMap(({ continuations }) => continuations).length).toBeGreaterThan(5)
    expect(b.trajectories).toEqual(a.trajectories) // their texts are their token ids
    const known = Object.entries(a.metrics).filter(([name]) => !/second|time|overhead/i.test(name))
    for (const [name, value] of known) expect(b.metrics[name], name).toBeCloseTo(value, 3)
  })
})
