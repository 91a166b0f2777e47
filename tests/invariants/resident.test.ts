/** Memory of a device's own changes nothing that is computed, and little goes over: the CPU stands in for a card. */
import { createOnnxBackend } from '@engine/devices/onnx'
import { createResidentBackend, type ResidentBackend } from '@engine/devices/resident'
import { createSampler, type SamplerConfig } from '@engine/rollout/sampler'
import type { Backend } from '@engine/tensor/backend'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { iterate, OBJECTIVES } from '../support/all-programs'
import { randomWeights, tinyConfig, upload } from '../support/tiny-model'

const host = createOnnxBackend({ threads: 1 })
let device: ResidentBackend
beforeAll(async () => {
  device = await createResidentBackend({ device: 'cpu', isApart: true, threads: 1 })
})
afterAll(async () => {
  await host.close()
  await device.close()
})

const prompts = [Int32Array.of(5, 6, 7), Int32Array.of(9, 3, 2, 8, 4)]
const WHOLE: SamplerConfig = { temperature: 0.9, topK: 0, topP: 1, lanes: 8, stopTokens: [1] }

/** More sequences than lanes, of unequal lengths, over more positions than the first capacity, some to be forked from. */
async function sample(backend: Backend, config: SamplerConfig, count = 20, maxNewTokens = 50) {
  const params = upload(backend, randomWeights())
  const sampler = createSampler(backend, tinyConfig)
  const blocks = await sampler.prefill(params, prompts)
  const requests = Array.from({ length: count }, (_, i) => ({
    start: { block: blocks[i % 2]!, length: prompts[i % 2]!.length },
    seed: i,
    maxNewTokens: 1 + ((7 * i) % maxNewTokens),
    keepBlock: i % 5 === 0,
  }))
  const completions = await sampler.sample(params, requests, config)
  const kept = completions.find(({ block }) => (block?.length ?? 0) > 6)!.block!
  const again = Array.from({ length: 5 }, (_, i) => ({
    start: { block: kept, length: kept.length - i },
    seed: 100 + i,
    maxNewTokens: 6,
  }))
  return { completions, forked: await sampler.sample(params, again, config) }
}

describe.each([
  ['drawn', WHOLE],
  ['greedy', { ...WHOLE, temperature: 0 }],
  ['cut to the likeliest', { ...WHOLE, topK: 5, topP: 0.9 }],
] as const)('sequences that are %s', (_, config) => {
  test('are the same tokens, with the same log-probabilities and blocks', async () => {
    const [a, b] = [await sample(host, config), await sample(device, config)]
    for (const kind of ['completions', 'forked'] as const) {
      expect(b[kind].map(({ tokens }) => [...tokens])).toEqual(a[kind].map(({ tokens }) => [...tokens]))
      const all = (list: typeof a.completions) => list.flatMap(({ logprobs }) => [...logprobs])
      expect(all(b[kind])).toEqual(all(a[kind]).map((x) => expect.closeTo(x, 4)))
    }
    const blocks = (list: typeof a.completions) =>
      list.flatMap(({ block }) => (block ? [...block.keys, ...block.values, block.hidden].map((x) => [...x]) : []))
    const expected = blocks(a.completions)
    expect(blocks(b.completions)).toEqual(expected.map((row) => row.map((x) => expect.closeTo(x, 4))))
  })
})

test('a step sends three numbers for each lane and brings back two', async () => {
  const params = upload(device, randomWeights())
  const sampler = createSampler(device, tinyConfig)
  const blocks = await sampler.prefill(params, prompts)
  const start = { block: blocks[0]!, length: 3 }
  const pass = async (maxNewTokens: number) => {
    const before = { ...device.traffic }
    const requests = Array.from({ length: 8 }, (_, seed) => ({ start, seed, maxNewTokens }))
    await sampler.sample(params, requests, { ...WHOLE, stopTokens: [] })
    const { toDevice, toHost, runs } = device.traffic
    return { toDevice: toDevice - before.toDevice, toHost: toHost - before.toHost, runs: runs - before.runs }
  }
  const [short, long] = [await pass(5), await pass(15)]
  expect(long.runs - short.runs).toBe(10)
  expect((long.toDevice - short.toDevice) / 10).toBe(8 * 3 * 4)
  expect((long.toHost - short.toHost) / 10).toBe(8 * 2 * 4)
})

test.each(OBJECTIVES)('%s: an iteration has the same metrics', async (objective) => {
  for (const adaptation of ['full', 'lora'] as const) {
    const [a, b] = [await iterate(host, objective, adaptation), await iterate(device, objective, adaptation)]
    expect(b.trajectories).toEqual(a.trajectories)
    const known = Object.entries(a.metrics).filter(([name]) => !/second|time|overhead/i.test(name))
    expect(known.length).toBeGreaterThan(3)
    for (const [name, value] of known) expect(b.metrics[name], name).toBeCloseTo(value, 4)
  }
})

test('a training step brings back the loss, its numbers and the norms; nothing of the size of a weight', async () => {
  await iterate(device, 'sft', 'full') // compiled
  const before = { ...device.traffic }
  await iterate(device, 'sft', 'full')
  const weights = [...randomWeights().values()].reduce((sum, { data }) => sum + 4 * data.length, 0)
  expect(device.traffic.toHost - before.toHost).toBeLessThan(200)
  // The weights of a new run and both moments once, and the batch.
  expect(device.traffic.toDevice - before.toDevice).toBeLessThan(3 * weights + 4096)
})

test('steps leave nothing on the device', async () => {
  const params = upload(device, randomWeights())
  const sampler = createSampler(device, tinyConfig)
  const pass = async () => {
    const blocks = await sampler.prefill(params, prompts)
    const requests = Array.from({ length: 20 }, (_, seed) => ({
      start: { block: blocks[seed % 2]!, length: prompts[seed % 2]!.length },
      ...{ seed, maxNewTokens: 1 + (seed % 40), keepBlock: seed === 17 },
    }))
    await sampler.sample(params, requests, WHOLE)
    return device.usage().tensors
  }
  const first = await pass() // reused outputs stay
  expect(await pass()).toBe(first)
})
