/**
 * The sampler of a run whose rollouts are sampled on servers: all continuations of one state become one request, and results come back in the order of the
 * requests, whichever server answered. Before the first request after an update, the new version of the policy is published.
 */
import type { Completion, SampledBy, SampleRequest, Sampler, SamplerConfig } from '@engine/rollout/sampler'
import type { Continuation, PolicyVersion, RolloutEngine } from '@main/engines/engine'
import type { Fleet } from '@main/engines/fleet'
import type { Member } from '@main/engines/places'
import { hashOf } from '@main/engines/routing'
import type { Item } from '@main/engines/work-list'
import { asRemote, type RemoteBlock, remoteBlock } from './remote-block'

/** A server of the fleet. */
export interface ServedBy extends Member {
  readonly engine: RolloutEngine
}

export interface FleetSamplerOptions {
  /** Called for each answer. */
  readonly onAnswer: (member: ServedBy, tokens: number) => void
  readonly fleet: Fleet<ServedBy>
  /** Makes the policy as it is now the one that the servers sample with. */
  readonly publish: () => Promise<PolicyVersion>
}

/** Continuations of one state. */
interface Work extends Item {
  readonly block: RemoteBlock
  /** Tokens of the block that are given. */
  readonly length: number
  readonly maxNewTokens: number
  /** Positions in the list of requests. */
  readonly asked: readonly number[]
}

/** Requests that start at the same state, together. */
function workOf(requests: readonly SampleRequest[], version: number): Work[] {
  const groups = new Map<RemoteBlock, Map<string, number[]>>()
  requests.forEach(({ start, maxNewTokens }, i) => {
    const block = asRemote(start.block)
    const own = groups.get(block) ?? new Map<string, number[]>()
    groups.set(block, own)
    const state = `${start.length}/${maxNewTokens}`
    own.set(state, [...(own.get(state) ?? []), i])
  })
  return [...groups].flatMap(([block, states]) =>
    [...states.values()].map((asked): Work => {
      const { start, maxNewTokens, seed } = requests[asked[0]!]!
      const state = hashOf(block.ids.subarray(0, start.length))
      const key = `${block.affinity}/${start.length}.${state}/${seed}x${asked.length}/v${version}`
      return { key, affinity: block.affinity, block, length: start.length, maxNewTokens, asked }
    }),
  )
}

/** How many of the tokens there are until a verdict is settled; null if it never is. A stop token is not asked about, as in the sampler of this process. */
function settledAfter({ tokens, ended }: Continuation, isOver: SampleRequest['isOver']): number | null {
  const seen: number[] = []
  for (const token of isOver ? tokens.subarray(0, ended === 'stop' ? -1 : undefined) : []) {
    seen.push(token)
    if (isOver?.(seen)) return seen.length
  }
  return null
}

/** A continuation as the recipes know it: cut where its verdict was settled. */
function completionOf(
  { start, keepBlock, isOver }: SampleRequest,
  continuation: Continuation,
  sampledBy: SampledBy,
): Completion {
  const { tokens: all, logprobs, ended } = continuation
  const settled = settledAfter(continuation, isOver)
  const tokens = all.slice(0, settled ?? all.length)
  const { ids, affinity } = asRemote(start.block)
  const whole = () =>
    remoteBlock(Int32Array.from([...ids.subarray(0, start.length), ...tokens.subarray(0, -1)]), affinity)
  return {
    ...{ tokens, logprobs: logprobs.slice(0, tokens.length), sampledBy },
    isTruncated: ended === 'length' && settled === null,
    block: keepBlock ? whole() : null,
  }
}

export function createFleetSampler({ fleet, publish, onAnswer }: FleetSamplerOptions): Sampler {
  const counters = { prefilled: 0, decoded: 0 } // nothing goes through the transformer here
  return {
    counters,
    prefill: async (_, prompts) => prompts.map((ids) => remoteBlock(ids, hashOf(ids))),
    async sample(_, requests, config: SamplerConfig, onProgress = () => {}) {
      if (requests.length === 0) return []
      const policy = await publish()
      const { temperature, topP, topK, stopTokens } = config
      const work = workOf(requests, policy.version)
      let [done, tokens] = [0, 0]
      const attempt = (member: ServedBy, item: Work, signal: AbortSignal) =>
        member.engine.sample(
          {
            prefix: item.block.ids.subarray(0, item.length),
            seeds: item.asked.map((i) => requests[i]!.seed),
            limits: { maxNewTokens: item.maxNewTokens, temperature, topP, topK, stopTokens },
            policy,
          },
          signal,
        )
      const results = await fleet.run(work, attempt, (continuations, member) => {
        const own = continuations.reduce((sum, one) => sum + one.tokens.length, 0)
        done += continuations.length
        tokens += own
        onAnswer(member, own)
        onProgress(done, requests.length, tokens)
      })
      const completions: Completion[] = new Array(requests.length)
      results.forEach(({ result, by }, w) => {
        const sampledBy = { engine: by.name, version: policy.version }
        work[w]!.asked.forEach((i, n) => {
          completions[i] = completionOf(requests[i]!, result[n]!, sampledBy)
        })
      })
      return completions
    },
  }
}
