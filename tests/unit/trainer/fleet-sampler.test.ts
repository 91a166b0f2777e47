/** The sampler over servers: what it asks of them, and what the recipes get. */
import type { DeviceTensors } from '@engine/tensor/backend'
import type { SampleRequest as Asked, RolloutEngine } from '@main/engines/engine'
import { createFleet } from '@main/engines/fleet'
import { createFleetSampler, type ServedBy } from '@main/trainer/session/fleet-sampler'
import { asRemote } from '@main/trainer/session/remote-block'
import { expect, test } from 'vitest'

const STOP = 2
const config = { temperature: 1, topK: 0, topP: 1, lanes: 8, stopTokens: [STOP] }
const noParams: DeviceTensors = {}

/** Continues a prefix by its length and the seed, then stops. */
function engineOf(name: string, asked: Asked[], milliseconds = 0): RolloutEngine {
  return {
    name,
    capabilities: { kind: 'vllm', version: '1', model: 'm', loadsAdapters: true, hasTemperedLogprobs: true },
    health: async () => {},
    loadPolicy: async () => {},
    unloadPolicy: async () => {},
    async sample(request) {
      asked.push(request)
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
      return request.seeds.map((seed) => {
        const isCut = request.limits.maxNewTokens < 4
        const tokens = Int32Array.from(isCut ? [10, seed] : [10, seed, request.prefix.length, STOP])
        return { tokens, logprobs: new Float32Array(tokens.length).fill(-0.5), ended: isCut ? 'length' : 'stop' }
      })
    },
  }
}

function open(servers: number) {
  const asked: Asked[] = []
  const members = Array.from({ length: servers }, (_, i): ServedBy => {
    const engine = engineOf(`http://127.0.0.1:${8000 + i}`, asked, 7 * (servers - i))
    return { name: engine.name, engine, revive: async () => {} }
  })
  const fleet = createFleet(members, { inFlight: 1, attemptMs: 1000, totalMs: 2000 })
  const policy = { name: 'gpo-a-v5', version: 5 }
  return { asked, sampler: createFleetSampler({ fleet, onAnswer: () => {}, publish: async () => policy }) }
}

const prompts = [Int32Array.of(1, 3), Int32Array.of(1, 4, 5)]

test('all rollouts of a prompt are one request, and come back in the order they were asked for, with who sampled them', async () => {
  const { asked, sampler } = open(1)
  const blocks = await sampler.prefill(noParams, prompts)
  const order = [1, 0, 1, 0, 1]
  const requests = order.map((p, i) => ({
    start: { block: blocks[p]!, length: prompts[p]!.length },
    seed: 100 + i,
    maxNewTokens: 8,
    keepBlock: true,
  }))
  const done: number[] = []
  const completions = await sampler.sample(noParams, requests, config, (n) => done.push(n))
  expect(asked.map(({ prefix, seeds }) => [[...prefix], seeds])).toEqual([
    [
      [1, 4, 5],
      [100, 102, 104],
    ],
    [
      [1, 3],
      [101, 103],
    ],
  ])
  expect(completions.map(({ tokens }) => [...tokens])).toEqual(
    order.map((p, i) => [10, 100 + i, prompts[p]!.length, STOP]),
  )
  for (const { sampledBy, isTruncated } of completions) {
    expect(sampledBy).toEqual({ engine: 'http://127.0.0.1:8000', version: 5 })
    expect(isTruncated).toBe(false)
  }
  expect(done.at(-1)).toBe(5)
})

test('a state inside a rollout is continued from the tokens that lead to it, on the server of its prompt', async () => {
  const { asked, sampler } = open(1)
  const [block] = await sampler.prefill(noParams, prompts)
  const from = { start: { block: block!, length: 2 }, seed: 7, maxNewTokens: 8, keepBlock: true }
  const [whole] = await sampler.sample(noParams, [from], config)
  const state = { start: { block: whole!.block!, length: 4 }, seed: 8, maxNewTokens: 6 }
  await sampler.sample(noParams, [state], config)
  expect([...asked[1]!.prefix]).toEqual([1, 3, 10, 7])
  expect(asRemote(whole!.block!).affinity).toBe(asRemote(block!).affinity)
})

test('the same with four servers of different speed', async () => {
  const answers = await Promise.all(
    [1, 4].map(async (servers) => {
      const { sampler } = open(servers)
      const many = Array.from({ length: 12 }, (_, i) => Int32Array.of(1, i))
      const blocks = await sampler.prefill(noParams, many)
      const requests = blocks.flatMap((block, i) =>
        [0, 1].map((n) => ({ start: { block, length: 2 }, seed: 10 * i + n, maxNewTokens: 8 })),
      )
      const completions = await sampler.sample(noParams, requests, config)
      return completions.map(({ tokens }) => [...tokens])
    }),
  )
  expect(answers[1]).toEqual(answers[0])
})

test('a rollout ends where its verdict is settled; the token that ends a text is not asked about', async () => {
  const { sampler } = open(1)
  const [block] = await sampler.prefill(noParams, prompts)
  const seen: string[] = []
  const isOver = (tokens: readonly number[]) => {
    seen.push(tokens.join())
    return tokens.at(-1) === 33
  }
  const start = { block: block!, length: 2 }
  const [cut, whole] = await sampler.sample(
    noParams,
    [33, 34].map((seed) => ({ start, seed, maxNewTokens: 8, isOver })),
    config,
  )
  expect([[...cut!.tokens], cut!.logprobs.length, cut!.isTruncated]).toEqual([[10, 33], 2, false])
  expect([...whole!.tokens]).toEqual([10, 34, 2, STOP])
  expect(seen).toEqual(['10', '10,33', '10', '10,34', '10,34,2'])
})

test('a rollout that is cut off at its longest is truncated', async () => {
  const { sampler } = open(1)
  const [block] = await sampler.prefill(noParams, prompts)
  const [one] = await sampler.sample(
    noParams,
    [{ start: { block: block!, length: 2 }, seed: 1, maxNewTokens: 2 }],
    config,
  )
  expect(one).toMatchObject({ isTruncated: true, block: null })
})

test('a prefix that was computed here is a bug', async () => {
  const { sampler } = open(1)
  const here = { length: 2, keys: [], values: [], hidden: new Float32Array(0) }
  await expect(
    sampler.sample(noParams, [{ start: { block: here, length: 2 }, seed: 1, maxNewTokens: 2 }], config),
  ).rejects.toThrow(/computed here/)
})
