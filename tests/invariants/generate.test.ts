import { createOnnxBackend } from '@engine/devices/onnx'
import { createGenerator, type GenerationConfig } from '@engine/rollout/generate'
import { createSampler } from '@engine/rollout/sampler'
import { afterAll, describe, expect, test } from 'vitest'
import { randomWeights, tinyConfig, upload } from '../support/tiny-model'

const backend = createOnnxBackend({ threads: 1 })
const params = upload(backend, randomWeights())
afterAll(() => backend.close())

const prompt = Int32Array.of(9, 3, 2, 8, 4)
const base: GenerationConfig = { temperature: 1, topK: 0, topP: 1, seed: 5, maxNewTokens: 40, stopTokens: [1] }

async function generated(config: GenerationConfig, most = Number.POSITIVE_INFINITY) {
  const generator = createGenerator(backend, tinyConfig)
  const block = await generator.prefill(params, prompt)
  const tokens: { id: number; logprob: number; sum: number }[] = []
  for await (const { id, probs } of generator.generate(params, block, config)) {
    tokens.push({ id, logprob: Math.log(probs[id]!), sum: probs.reduce((a, b) => a + b, 0) })
    if (tokens.length >= most) break
  }
  return tokens
}

async function sampled({ seed, maxNewTokens, ...config }: GenerationConfig) {
  const sampler = createSampler(backend, tinyConfig)
  const [block] = await sampler.prefill(params, [prompt])
  const request = { start: { block: block!, length: prompt.length }, seed, maxNewTokens }
  const [completion] = await sampler.sample(params, [request], { ...config, lanes: 8 })
  return completion!
}

describe('one sequence, told token by token', () => {
  test.each([
    ['sampled', {}],
    ['greedy', { temperature: 0 }],
    ['truncated', { temperature: 1.7, topK: 4, topP: 0.9 }],
    ['longer than its first cache', { stopTokens: [], maxNewTokens: 240 }],
  ])('draws what the batched sampler draws with that seed: %s', async (_, changes) => {
    const config = { ...base, ...changes }
    const [told, expected] = [await generated(config), await sampled(config)]
    expect(told.map(({ id }) => id)).toEqual([...expected.tokens])
    told.forEach(({ logprob }, i) => {
      expect(logprob).toBeCloseTo(expected.logprobs[i]!, 4)
    })
    for (const { sum } of told) expect(sum).toBeCloseTo(1, 4)
  })

  test('gives the same distributions for tokens that are there already, at temperature 1', async () => {
    const expected = await generated({ ...base, stopTokens: [], maxNewTokens: 200 }) // longer than its first cache
    const generator = createGenerator(backend, tinyConfig)
    const block = await generator.prefill(params, prompt)
    const tokens = Int32Array.from(expected, ({ id }) => id)
    const found: { id: number; logprob: number }[] = []
    for await (const { id, probs } of generator.follow(params, block, tokens))
      found.push({ id, logprob: Math.log(probs[id]!) })
    expect(found.map(({ id }) => id)).toEqual([...tokens])
    found.forEach(({ logprob }, i) => {
      expect(logprob).toBeCloseTo(expected[i]!.logprob, 6)
    })
  })

  test('stops when nobody asks for more, and gives its memory back', async () => {
    await generated(base, 3)
    const before = backend.usage().tensors
    expect(await generated({ ...base, stopTokens: [] }, 3)).toHaveLength(3)
    expect(backend.usage().tensors).toBe(before)
  })
})
