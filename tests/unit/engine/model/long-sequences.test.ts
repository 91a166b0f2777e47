/** What saves memory must change nothing: chunks of queries, chunks of logits, layers computed again. */
import '@tensorflow/tfjs-backend-cpu'
import { linearLogProb } from '@engine/core/linear-logprob'
import type { LogitRules } from '@engine/core/logits'
import { gatherLogProb } from '@engine/core/logprob'
import { normal } from '@engine/core/rng'
import { openBackend } from '@engine/devices/choose'
import { type AttentionRules, attention, causalMask } from '@engine/model/attention'
import { chunkedAttention } from '@engine/model/chunked-attention'
import { forward, head } from '@engine/model/llama'
import type { Backend } from '@engine/tensor/backend'
import type { Tensors } from '@engine/tensor/tensors'
import { type Scalar, type Tensor, type Tensor1D, type Tensor2D, tf } from '@engine/tensor/tf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomWeights, tinyConfig, upload } from '../../../support/tiny-model'

const random = (stream: number, shape: readonly number[]) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => normal(11, stream, i))

let backends: Backend[] = []
beforeAll(async () => {
  backends = [await openBackend('onnx'), await openBackend('cpu')]
})
afterAll(() => Promise.all(backends.map((backend) => backend.close())))

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(found.length).toBe(expected.length)
  const largest = Math.max(...Array.from(expected, Math.abs))
  expect(largest).toBeGreaterThan(0)
  for (let i = 0; i < expected.length; i++) expect(Math.abs(found[i]! - expected[i]!)).toBeLessThan(1e-5 * largest)
}

type Made = Readonly<Record<string, Tensor>>

/** Value and gradients of Σ f ∘ weights for two functions, on both backends. */
async function expectEqual(
  name: string,
  inputs: Readonly<Record<string, readonly number[]>>,
  left: (inputs: Made) => Tensor,
  right: (inputs: Made) => Tensor,
) {
  for (const backend of backends) {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([key, shape], i) => [key, backend.tensor(random(i, shape), shape)]),
    )
    const run = async (side: string, fn: (inputs: Made) => Tensor) => {
      const program = backend.program(`${name} ${side}`, (made) => {
        const keys = Object.keys(inputs)
        const loss = (...args: Tensor[]) => {
          const value = fn(Object.fromEntries(keys.map((key, i) => [key, args[i]!])))
          const weights = tf.tensor(random(99, value.shape), value.shape)
          return tf.sum(tf.mul(value, weights)) as Scalar
        }
        const { value, grads } = tf.valueAndGrads(loss)(keys.map((key) => made[key]!))
        return { value, ...Object.fromEntries(keys.map((key, i) => [key, grads[i]!])) }
      })
      const out = await program.run(tensors, { outputs: 'fresh' })
      const entries = Object.entries(out).map(
        async ([key, tensor]) => [key, (await backend.read(tensor)).slice()] as const,
      )
      return Object.fromEntries(await Promise.all(entries))
    }
    const [a, b] = [await run('left', left), await run('right', right)]
    for (const key of Object.keys(b)) expectClose(a[key]!, b[key]!)
  }
}

describe('attention over some queries at a time', () => {
  const inputs = { q: [2, 2, 22, 4], k: [2, 2, 11, 4], v: [2, 2, 11, 4] }
  const RULES: AttentionRules[] = [{}, { window: 1 }, { window: 5 }, { softcap: 0.7 }, { window: 3, softcap: 0.7 }]
  const cases = [3, 4, 7].flatMap((size) => RULES.map((rules) => [size, rules] as const))

  test.each(cases)('%i of 11 equals attention over all, %j', async (size, rules) => {
    await expectEqual(
      `attention ${size} ${JSON.stringify(rules)}`,
      inputs,
      ({ q, k, v }) => chunkedAttention(q!, k!, v!, rules, size),
      ({ q, k, v }) => attention(q!, k!, v!, causalMask(11, 2, rules.window), rules.softcap),
    )
  })

  test('and that equals automatic differentiation', async () => {
    const slow = ({ q, k, v }: Made) => {
      const scores = tf.mul(tf.tanh(tf.div(tf.matMul(q!, k!, false, true), 0.7)), 0.7)
      return tf.matMul(tf.softmax(tf.add(scores, causalMask(11, 2, 3))), v!)
    }
    await expectEqual('capped attention', inputs, slow, ({ q, k, v }) =>
      attention(q!, k!, v!, causalMask(11, 2, 3), 0.7),
    )
  })

  test('a mask lets a query see the last keys of its window', () => {
    const seen = (window?: number) => [...causalMask(4, 1, window).dataSync()].map((x) => (x === 0 ? 1 : 0))
    expect(seen()).toEqual([1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1])
    expect(seen(2)).toEqual([1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1])
  })
})

describe('log-probabilities of some rows at a time', () => {
  const RULES: LogitRules[] = [{ temperature: 0.7 }, { temperature: 0.7, divisor: 2, softcap: 1.5 }]
  const cases = [19, 60, 100].flatMap((atOnce) => RULES.map((rules) => [atOnce, rules] as const))

  test.each(cases)('%i logits at once equal all of them, %j', async (atOnce, rules) => {
    const ids = () =>
      tf.tensor1d(
        Int32Array.from({ length: 9 }, (_, i) => (5 * i) % 19),
        'int32',
      )
    await expectEqual(
      `logprob ${atOnce} ${JSON.stringify(rules)}`,
      { h: [9, 4], w: [19, 4] },
      ({ h, w }) => linearLogProb(h as Tensor2D, w as Tensor2D, ids(), rules, atOnce),
      ({ h, w }) => {
        const { temperature, divisor = 1, softcap } = rules
        const products = tf.div(tf.matMul(h as Tensor2D, w as Tensor2D, false, true), divisor)
        const capped = softcap ? tf.mul(tf.tanh(tf.div(products, softcap)), softcap) : products
        return gatherLogProb(tf.div(capped, temperature) as Tensor2D, ids())
      },
    )
  })
})

test('layers computed again give the same loss and gradients', async () => {
  for (const backend of backends) {
    const params = upload(backend, randomWeights())
    const ids = backend.tensor(Int32Array.of(3, 7, 1, 9, 4, 2, 5, 10), [2, 4])
    const run = async (recomputesLayers: boolean) => {
      const program = backend.program(
        `layers ${recomputesLayers}`,
        ({ params: tree, ids }: { params: Tensors; ids: Tensor2D }) => {
          const names = Object.keys(tree)
          const loss = (...tensors: Tensor[]) => {
            const made = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))
            const { hidden } = forward(tinyConfig, made, ids, { recomputesLayers })
            const targets = tf.reshape(ids, [8]) as Tensor1D
            return tf.neg(tf.mean(gatherLogProb(head(tinyConfig, made, hidden), targets))) as Scalar
          }
          const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => tree[name]!))
          return { loss: value, grads: Object.fromEntries(names.map((name, i) => [name, grads[i]!])) }
        },
      )
      const { loss, grads } = await program.run({ params, ids }, { outputs: 'fresh' })
      const entries = Object.entries({ loss, ...grads }).map(
        async ([key, tensor]) => [key, (await backend.read(tensor)).slice()] as const,
      )
      return Object.fromEntries(await Promise.all(entries))
    }
    const [again, kept] = [await run(true), await run(false)]
    for (const name of Object.keys(kept)) expectClose(again[name]!, kept[name]!)
  }
})
