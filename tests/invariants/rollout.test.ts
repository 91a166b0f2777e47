import { createOnnxBackend } from '@engine/devices/onnx'
import { forward, head } from '@engine/model/llama'
import { createSampler, type SamplerConfig } from '@engine/rollout/sampler'
import type { Tensors } from '@engine/tensor/tensors'
import type { Tensor2D } from '@engine/tensor/tf'
import { tf } from '@engine/tensor/tf'
import { afterAll, describe, expect, test } from 'vitest'
import { randomWeights, tinyConfig, upload } from '../support/tiny-model'

const backend = createOnnxBackend({ threads: 1 })
const params = upload(backend, randomWeights())
afterAll(() => backend.close())

const config: SamplerConfig = { temperature: 1, topK: 0, topP: 1, lanes: 16, stopTokens: [1] }
const prompts = [Int32Array.of(5, 6, 7), Int32Array.of(9, 3, 2, 8, 4), Int32Array.of(11)]

const logprobsProgram = backend.program('all-logprobs', ({ params, ids }: { params: Tensors; ids: Tensor2D }) => ({
  logp: tf.logSoftmax(head(tinyConfig, params, forward(tinyConfig, params, ids).hidden)),
}))

/** log π(token | all before), each from one uncached pass over the whole sequence. */
async function uncachedLogprobs(prompt: Int32Array, completion: Int32Array): Promise<number[]> {
  const ids = Int32Array.from([...prompt, ...completion])
  const out = await logprobsProgram.run({ params, ids: backend.tensor(ids, [1, ids.length]) })
  const logp = (await backend.read(out.logp)) as Float32Array
  return Array.from(completion, (token, i) => logp[(prompt.length - 1 + i) * tinyConfig.vocabSize + token]!)
}

describe('cached decoding', () => {
  test('records the log-probabilities an uncached pass gives, whatever lane or bucket a sequence ran in', async () => {
    const sampler = createSampler(backend, tinyConfig)
    const blocks = await sampler.prefill(params, prompts)
    const requests = Array.from({ length: 40 }, (_, i) => ({
      start: { block: blocks[i % 3]!, length: prompts[i % 3]!.length },
      seed: i,
      maxNewTokens: 5 + (i % 40),
    }))
    const completions = await sampler.sample(params, requests, config)
    for (const [i, { tokens, logprobs }] of completions.entries()) {
      const expected = await uncachedLogprobs(prompts[i % 3]!, tokens)
      expect(tokens.length).toBeLessThanOrEqual(requests[i]!.maxNewTokens)
      expected.forEach((value, t) => {
        expect(logprobs[t]).toBeCloseTo(value, 4)
      })
    }
    expect(new Set(completions.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(5)
  })

  test('forking a kept trajectory at any position equals a fresh prefill of the same tokens', async () => {
    const sampler = createSampler(backend, tinyConfig)
    const [block] = await sampler.prefill(params, [prompts[1]!])
    const start = { block: block!, length: prompts[1]!.length }
    const [trajectory] = await sampler.sample(params, [{ start, seed: 3, maxNewTokens: 20, keepBlock: true }], {
      ...config,
      stopTokens: [],
    })
    const whole = Int32Array.from([...prompts[1]!, ...trajectory!.tokens])
    const positions = [5, 6, 9, 17, 24]
    const forked = positions.map((length) => ({
      start: { block: trajectory!.block!, length },
      seed: length,
      maxNewTokens: 12,
    }))
    const freshBlocks = await sampler.prefill(
      params,
      positions.map((length) => whole.slice(0, length)),
    )
    const fresh = forked.map((request, i) => ({ ...request, start: { block: freshBlocks[i]!, length: positions[i]! } }))
    const a = await sampler.sample(params, forked, config)
    const b = await sampler.sample(params, fresh, config)
    a.forEach((completion, i) => {
      expect(completion.tokens).toEqual(b[i]!.tokens)
      completion.logprobs.forEach((value, t) => {
        expect(value).toBeCloseTo(b[i]!.logprobs[t]!, 4)
      })
    })
  })

  test('no token goes through the transformer twice: prompts once, every sampled token but the last once', async () => {
    const sampler = createSampler(backend, tinyConfig)
    const blocks = await sampler.prefill(params, prompts)
    const requests = blocks.map((block, i) => ({
      start: { block, length: prompts[i]!.length },
      seed: i,
      maxNewTokens: 30,
      keepBlock: true,
    }))
    const trajectories = await sampler.sample(params, requests, config)
    const forks = trajectories.flatMap(({ block }, i) =>
      Array.from({ length: 9 }, (_, n) => ({
        start: { block: block!, length: Math.min(prompts[i]!.length + 3, block!.length) },
        seed: 100 + n,
        maxNewTokens: 10,
      })),
    )
    const continuations = await sampler.sample(params, forks, config)
    const fed = [...trajectories, ...continuations].reduce((sum, { tokens }) => sum + tokens.length - 1, 0)
    expect(sampler.counters.prefilled).toBe(3 + 5 + 1)
    expect(sampler.counters.decoded).toBe(fed)
  })

  test('the same seed gives the same sequence in another company', async () => {
    const sampler = createSampler(backend, tinyConfig)
    const [block] = await sampler.prefill(params, [prompts[0]!])
    const request = (seed: number) => ({ start: { block: block!, length: 3 }, seed, maxNewTokens: 25 })
    const [alone] = await sampler.sample(params, [request(42)], config)
    const crowd = await sampler.sample(params, [1, 2, 42, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(request), config)
    expect(crowd[2]!.tokens).toEqual(alone!.tokens)
  })

  test('greedy takes the most probable token every time', async () => {
    const sampler = createSampler(backend, tinyConfig)
    const [block] = await sampler.prefill(params, [prompts[0]!])
    const requests = [1, 2].map((seed) => ({ start: { block: block!, length: 3 }, seed, maxNewTokens: 15 }))
    const [a, b] = await sampler.sample(params, requests, { ...config, temperature: 0 })
    expect(a!.tokens).toEqual(b!.tokens)
  })
})
