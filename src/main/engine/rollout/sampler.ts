/**
 * Batched sampling: many sequences in parallel, each with its own seed. When a sequence is finished, the next one of the queue takes its lane;
 * every sequence starts from a cached prefix, so nothing is ever prefilled twice. Knows token ids, not text.
 */

import { lanesFor, MIN_LANES } from '@shared/engine-limits'
import type { ModelConfig } from '../../formats/model-config'
import { uniform } from '../core/rng'
import type { Backend, DeviceTensors } from '../tensor/backend'
import { LENGTH_BUCKET, roundUp } from './buckets'
import { type DevicePrograms, devicePrograms } from './device-programs'
import { type Draw, draw, drawGreedy, type Truncation } from './draw'
import { firstDistributions } from './first-token'
import { type KvBlock, type KvShape, type Prefix, trimmedBlock } from './kv-block'
import { deviceStore, hostStore, type Occupant } from './lane-store'
import { prefillAll } from './prefill'
import { samplingPrograms } from './programs'

export interface SampleRequest {
  readonly start: Prefix
  readonly seed: number
  readonly maxNewTokens: number
  /** Keep keys, values and hidden vectors of the whole sequence, to fork from. */
  readonly keepBlock?: boolean
  /** Asked after every new token; true ends the sequence there, as if its last token were a stop token. */
  readonly isOver?: (tokens: readonly number[]) => boolean
}

/** Another program that sampled, and with which version of the policy: its optimiser steps. */
export interface SampledBy {
  readonly engine: string
  readonly version: number
}

export interface Completion {
  /** New tokens, the stop token included. */
  readonly tokens: Int32Array
  /** Log-probability of each under the sampling temperature, before top-k and top-p. */
  readonly logprobs: Float32Array
  readonly isTruncated: boolean
  /** Prefix and completion without its last token, if requested. */
  readonly block: KvBlock | null
  /** Absent: it was sampled here, with the policy as it is. */
  readonly sampledBy?: SampledBy
}

export interface SamplerConfig extends Truncation {
  /** 0 = greedy. */
  readonly temperature: number
  readonly lanes: number
  readonly stopTokens: readonly number[]
}

/** Token positions that went through the transformer, for reports and to verify that none was computed twice. */
export interface SamplerCounters {
  prefilled: number
  decoded: number
}

export type Progress = (done: number, total: number, tokens: number) => void

export interface Sampler {
  /** Keys and values of prompts, each once. Prompts must not be empty. */
  prefill(params: DeviceTensors, prompts: readonly Int32Array[]): Promise<KvBlock[]>
  /** Completions in the order of the requests; each depends on its own seed only. */
  sample(
    params: DeviceTensors,
    requests: readonly SampleRequest[],
    config: SamplerConfig,
    onProgress?: Progress,
  ): Promise<Completion[]>
  readonly counters: SamplerCounters
}

/** One sequence in a lane. */
interface Lane {
  readonly index: number
  readonly request: SampleRequest
  readonly tokens: number[]
  readonly logprobs: number[]
  isOver: boolean
  /** Hidden vectors so far, if the block is kept. */
  readonly hidden: Float32Array | null
}

export function createSampler(backend: Backend, model: ModelConfig): Sampler {
  const shape: KvShape = model
  const { prefill, step, first } = samplingPrograms(backend, model)
  let known: DevicePrograms | null = null
  const onDevice = () => {
    known ??= devicePrograms(backend, model)
    return known
  }
  const counters: SamplerCounters = { prefilled: 0, decoded: 0 }
  return {
    counters,
    prefill: (params, prompts) => {
      for (const { length } of prompts) counters.prefilled += length
      return prefillAll({ backend, shape, program: prefill }, params, prompts)
    },
    sample: (params, requests, config, onProgress) => sampleAll(params, requests, config, onProgress ?? (() => {})),
  }

  async function sampleAll(
    params: DeviceTensors,
    requests: readonly SampleRequest[],
    config: SamplerConfig,
    onProgress: Progress,
  ): Promise<Completion[]> {
    const temperature = backend.tensor(Float32Array.of(config.temperature || 1), [])
    const results: Completion[] = new Array(requests.length)
    const isStop = new Set(config.stopTokens)
    const { vocabSize, hiddenSize } = model
    let finished = 0
    let tokens = 0

    const pick = (request: SampleRequest, position: number, probs: Float32Array, row: number): Draw =>
      config.temperature === 0
        ? drawGreedy(probs, row * vocabSize, vocabSize)
        : draw(probs, row * vocabSize, vocabSize, uniform(request.seed, 0, position), config)

    /** Records a drawn token; true when the sequence has ended. */
    const push = (lane: Lane, { token, logprob }: Draw): boolean => {
      lane.tokens.push(token)
      lane.logprobs.push(logprob)
      tokens++
      lane.isOver = isStop.has(token) || (lane.request.isOver?.(lane.tokens) ?? false)
      return lane.isOver || lane.tokens.length >= lane.request.maxNewTokens
    }

    const finish = (lane: Lane, block: KvBlock | null) => {
      results[lane.index] = {
        tokens: Int32Array.from(lane.tokens),
        logprobs: Float32Array.from(lane.logprobs),
        isTruncated: !lane.isOver,
        block,
      }
      finished++
    }

    // First tokens: one distribution per distinct state, however many sequences start there.
    const waiting: Lane[] = []
    const firstProbs = await firstDistributions(
      { backend, model, program: first },
      params,
      requests.map(({ start }) => start),
      temperature,
    )
    const order = requests
      .map((_, i) => i)
      .sort((a, b) => requests[a]!.start.length - requests[b]!.start.length || a - b)
    for (const index of order) {
      const request = requests[index]!
      const { block, length } = request.start
      const hidden = request.keepBlock ? new Float32Array((length + request.maxNewTokens) * hiddenSize) : null
      hidden?.set(block.hidden.subarray(0, length * hiddenSize))
      const lane: Lane = { index, request, tokens: [], logprobs: [], isOver: false, hidden }
      const isDone = push(lane, pick(request, 0, firstProbs(index), 0))
      if (!isDone) waiting.push(lane)
      else finish(lane, hidden && trimmedBlock(shape, block, length, hidden))
    }
    waiting.reverse() // the next one is taken from the end

    const keepsHidden = requests.some(({ keepBlock }) => keepBlock)
    const sampling = { backend, model, params, temperature }
    const pickFrom = (lane: number, probs: Float32Array): Draw => {
      const { request, tokens } = lanes[lane]! // only asked for occupied lanes
      return pick(request, tokens.length, probs, lane)
    }
    const longest = Math.max(...requests.map(({ start, maxNewTokens }) => start.length + maxNewTokens))
    const isGreedy = config.temperature === 0
    const drawsThere = backend.isResident && (isGreedy || (config.topK === 0 && config.topP >= 1))
    const store = drawsThere
      ? deviceStore(sampling, onDevice(), { isGreedy, keepsHidden })
      : hostStore(sampling, step, longest, pickFrom)
    let lanes: (Lane | null)[] = []
    const positionOf = (lane: Lane) => lane.request.start.length + lane.tokens.length - 1
    const occupantOf = (lane: Lane): Occupant => ({
      start: lane.request.start,
      id: lane.tokens.at(-1)!, // the first token was drawn before the lane was occupied
      position: positionOf(lane),
      u: uniform(lane.request.seed, 0, lane.tokens.length),
      hidden: lane.hidden,
    })

    /** Chooses the number of lanes and the capacity for active and waiting sequences, and moves the active ones. */
    const arrange = async () => {
      const active = lanes.filter((lane) => lane !== null)
      const size = lanesFor(active.length + waiting.length, config.lanes)
      const entering = waiting.slice(-Math.max(0, size - active.length))
      const longest = Math.max(...[...active, ...entering].map((lane) => positionOf(lane) + 1))
      const capacity = roundUp(longest, LENGTH_BUCKET)
      const fits = store.lanes === size && store.capacity >= longest && store.capacity <= capacity + LENGTH_BUCKET
      if (!fits) {
        const moves = active.map((lane, to) => ({ from: lanes.indexOf(lane), to, length: positionOf(lane) }))
        await store.arrange(size, capacity, moves)
        lanes = Array.from({ length: size }, (_, i) => active[i] ?? null)
      }
      for (let i = 0; i < lanes.length && waiting.length > 0; i++) {
        if (lanes[i]) continue
        const next = waiting.at(-1)!
        if (positionOf(next) + 1 > store.capacity) break
        waiting.pop()
        await store.fork(next.request.start, i)
        lanes[i] = next
      }
    }

    while (finished < requests.length) {
      const active = lanes.filter((lane) => lane !== null)
      const isCrowded = active.some((lane) => positionOf(lane) >= store.capacity)
      const isSparse = waiting.length === 0 && lanes.length > MIN_LANES && active.length <= lanes.length / 2
      if (isCrowded || isSparse || waiting.length > 0) await arrange()
      const occupants = lanes.map((lane) => lane && occupantOf(lane))
      const draws = await store.step(occupants)
      for (const [i, lane] of lanes.entries()) {
        if (!lane) continue
        counters.decoded++
        if (!push(lane, draws[i]!)) continue
        const occupant = occupants[i]!
        finish(lane, lane.hidden && (await store.save(i, occupant, occupant.position + 1)))
        lanes[i] = null
      }
      onProgress(finished, requests.length, tokens)
    }
    store.dispose()
    backend.dispose(temperature)
    return results
  }
}
