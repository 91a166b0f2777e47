/**
 * Generates one sequence, token by token, with the distribution of each token. It is for inspecting a model, while the batched sampler is for
 * training; the same seed gives the same tokens in both. Knows token ids, not text.
 */

import type { ModelConfig } from '../../formats/model-config'
import { uniform } from '../core/rng'
import type { Backend, DeviceTensor, DeviceTensors } from '../tensor/backend'
import { draw, drawGreedy, type Truncation } from './draw'
import type { KvBlock } from './kv-block'
import { LaneCache } from './lane-cache'
import { prefillAll, readTrunk } from './prefill'
import { samplingPrograms } from './programs'

export interface GenerationConfig extends Truncation {
  /** 0 = greedy; distributions are then those at 1. */
  readonly temperature: number
  readonly seed: number
  readonly maxNewTokens: number
  readonly stopTokens: readonly number[]
}

export interface GeneratedToken {
  readonly id: number
  /** The whole distribution at the sampling temperature, before top-k and top-p; valid until the next token. */
  readonly probs: Float32Array
}

/** Smallest capacity of a cache in positions; it doubles when full, so that few shapes are compiled. */
const MIN_CAPACITY = 128
const powerOfTwo = (n: number) => 2 ** Math.ceil(Math.log2(Math.max(n, MIN_CAPACITY)))

export interface Generator {
  /** Keys and values of the prompt, which must not be empty. */
  prefill(params: DeviceTensors, prompt: Int32Array): Promise<KvBlock>
  /** Ends after a stop token (which is also yielded) or `maxNewTokens`, or when the caller stops iterating. */
  generate(params: DeviceTensors, prompt: KvBlock, config: GenerationConfig): AsyncGenerator<GeneratedToken, void>
  /** The same for tokens that are given: each with the distribution that it could have been drawn from, at temperature 1. */
  follow(params: DeviceTensors, prompt: KvBlock, tokens: Int32Array): AsyncGenerator<GeneratedToken, void>
}

interface Next {
  readonly id: number
  readonly isLast: boolean
}

interface Inputs {
  readonly params: DeviceTensors
  readonly temperature: DeviceTensor
}

export function createGenerator(backend: Backend, model: ModelConfig): Generator {
  const { prefill, first, step } = samplingPrograms(backend, model)

  async function firstProbs(inputs: Inputs, { hidden, length }: KvBlock): Promise<Float32Array> {
    const { hiddenSize } = model
    const last = backend.tensor(hidden.slice((length - 1) * hiddenSize, length * hiddenSize), [1, hiddenSize])
    const out = await first.run({ ...inputs, hidden: last })
    const probs = (await backend.read(out.probs)) as Float32Array
    backend.dispose(last)
    return probs
  }

  /** A cache with room for the position: the same one, or a copy of twice the size. */
  function withRoom(cache: LaneCache, position: number): LaneCache {
    if (position < cache.capacity) return cache
    const next = new LaneCache(backend, model, 1, 2 * cache.capacity, 2 * cache.capacity)
    next.takeOver(cache, 0, 0, position)
    cache.dispose()
    return next
  }

  /** Adds a token to the cache. @returns the distribution of the one after it */
  async function advance(inputs: Inputs, cache: LaneCache, token: number, position: number): Promise<Float32Array> {
    const ids = backend.tensor(Int32Array.of(token), [1])
    const positions = backend.tensor(Int32Array.of(position), [1])
    const out = await step.run({ ...inputs, ...cache.inputs(), ids, positions })
    cache.append(await readTrunk(backend, out), Int32Array.of(position), () => true)
    backend.dispose(ids)
    backend.dispose(positions)
    return (await backend.read(out.probs)) as Float32Array
  }

  /** @param next the token after the n-th distribution */
  async function* walk(
    params: DeviceTensors,
    prompt: KvBlock,
    temperature: number,
    next: (probs: Float32Array, n: number) => Next,
  ): AsyncGenerator<GeneratedToken, void> {
    const heat = backend.tensor(Float32Array.of(temperature), [])
    const inputs = { params, temperature: heat }
    const capacity = powerOfTwo(prompt.length + MIN_CAPACITY)
    let cache = new LaneCache(backend, model, 1, capacity, capacity)
    try {
      cache.fork(prompt, prompt.length, 0)
      let probs = await firstProbs(inputs, prompt)
      for (let n = 0; ; n++) {
        const { id, isLast } = next(probs, n)
        yield { id, probs }
        if (isLast) return
        const position = prompt.length + n
        cache = withRoom(cache, position)
        probs = await advance(inputs, cache, id, position)
      }
    } finally {
      cache.dispose()
      backend.dispose(heat)
    }
  }

  function generate(params: DeviceTensors, prompt: KvBlock, config: GenerationConfig) {
    const { temperature, seed, maxNewTokens, stopTokens } = config
    const pick = (probs: Float32Array, n: number): number =>
      temperature === 0
        ? drawGreedy(probs, 0, model.vocabSize).token
        : draw(probs, 0, model.vocabSize, uniform(seed, 0, n), config).token
    return walk(params, prompt, temperature || 1, (probs, n) => {
      const id = pick(probs, n)
      return { id, isLast: stopTokens.includes(id) || n + 1 >= maxNewTokens }
    })
  }

  return {
    async prefill(params, prompt) {
      const [block] = await prefillAll({ backend, shape: model, program: prefill }, params, [prompt])
      return block! // one prompt, one block
    },
    generate,
    follow: (params, prompt, tokens) =>
      walk(params, prompt, 1, (_, n) => ({ id: tokens[n]!, isLast: n + 1 >= tokens.length })),
  }
}
