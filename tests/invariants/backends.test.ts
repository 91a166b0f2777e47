/** The compiled path and the eager ones are the same program: same seeds, same sequences, same scores. */
import { createRequire } from 'node:module'
import { examine, openBackend } from '@engine/devices/choose'
import { createScorer } from '@engine/policy/score'
import { createSampler } from '@engine/rollout/sampler'
import type { Backend } from '@engine/tensor/backend'
import { GpoError } from '@shared/errors'
import { expect, test } from 'vitest'
import { randomWeights, tinyConfig, upload } from '../support/tiny-model'

const prompts = [Int32Array.of(5, 6, 7), Int32Array.of(9, 3, 2, 8, 4)]

async function sampleAndScore(backend: Backend) {
  const params = upload(backend, randomWeights())
  const sampler = createSampler(backend, tinyConfig)
  const blocks = await sampler.prefill(params, prompts)
  const requests = Array.from({ length: 12 }, (_, i) => ({
    start: { block: blocks[i % 2]!, length: prompts[i % 2]!.length },
    seed: i,
    maxNewTokens: 8,
    keepBlock: i === 0,
  }))
  const config = { temperature: 1, topK: 0, topP: 1, lanes: 8, stopTokens: [1] }
  const completions = await sampler.sample(params, requests, config)
  const whole = Int32Array.from([...prompts[0]!, ...completions[0]!.tokens])
  const scorer = createScorer(backend, tinyConfig, { maxTokens: 64, temperature: 1 })
  const [logps] = await scorer.logps(params, [{ ids: whole, start: prompts[0]!.length }])
  return { completions, logps: logps! }
}

test.each(['wasm', 'cpu'] as const)('%s samples and scores what the compiled backend does', async (name) => {
  const [compiled, eager] = [await openBackend('onnx'), await openBackend(name)]
  const [a, b] = [await sampleAndScore(compiled), await sampleAndScore(eager)]
  expect(b.completions.map(({ tokens }) => [...tokens])).toEqual(a.completions.map(({ tokens }) => [...tokens]))
  for (const [t, value] of a.logps.entries()) {
    expect(b.logps[t]).toBeCloseTo(value, 4)
    expect(a.completions[0]!.logprobs[t]).toBeCloseTo(value, 4)
  }
  expect(a.completions[0]!.block!.length).toBe(prompts[0]!.length + a.completions[0]!.tokens.length - 1)
  await compiled.close()
  await eager.close()
})

test('doctor reports every candidate, passes its self-test before choosing it, and says why others are not used', async () => {
  const { candidates, chosen } = await examine()
  expect(candidates.map(({ name }) => name)).toEqual([
    'tensorflow',
    'webgpu',
    'onnx',
    'onnx-webgpu',
    'onnx-cuda',
    'wasm',
    'cpu',
  ])
  for (const { isAvailable, reason, selfTest, gflops } of candidates) {
    if (isAvailable) {
      expect(selfTest).toBeLessThan(1e-4)
      expect(gflops).toBeGreaterThan(0)
    } else expect(reason).toMatch(/\w{4}/)
  }
  expect(candidates.find(({ name }) => name === chosen)?.isAvailable).toBe(true)
})

const hasTensorflow = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'].some((name) => {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
})

test.skipIf(hasTensorflow)('a backend chosen by name that cannot be used is an error with its reason', async () => {
  await expect(openBackend('tensorflow')).rejects.toThrow(GpoError)
  await expect(openBackend('tensorflow')).rejects.toThrow(/tfjs-node-gpu: not installed.*gpo doctor/)
})
