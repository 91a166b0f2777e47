/**
 * Rollouts that another program sampled: the trainer computes the log-probabilities of their tokens itself, the policy-gradient losses are weighted by how
 * much more likely the trainer finds a token than its sampler did, and metrics say how far the two are apart. Rollouts sampled here are as they were.
 */
import { mean } from '../core/statistics'
import type { Rollout } from '../gpo/trajectory'
import { effectiveShare, maskedWeights, tokenRatios, truncatedWeights } from '../objectives/importance'
import type { Metrics, Run } from './run'
import { sequenceOf } from './sequences'

export interface Corrected {
  /** Of the tokens after `kept`, by the policy as it is before the update. */
  readonly logp: (rollout: Rollout) => Float32Array
  /** The advantages of a rollout's tokens, each multiplied by its importance weight. The weights are not negative, so that clipping is as before. */
  readonly weighted: (rollout: Rollout, advantages: Float32Array) => Float32Array
  readonly metrics: Metrics
}

const AS_SAMPLED: Corrected = { logp: ({ logprobs }) => logprobs, weighted: (_, advantages) => advantages, metrics: {} }

/** How the samplers' log-probabilities differ from the trainer's. */
function differences(
  rollouts: readonly Rollout[],
  logp: Corrected['logp'],
  weights: readonly Float32Array[],
  run: Run,
) {
  const apart = rollouts.flatMap((rollout) =>
    Array.from(logp(rollout), (own, t) => Math.abs(own - rollout.logprobs[t]!)),
  )
  const { offPolicyLimit: limit } = run.plan.rollout
  const ratios = rollouts.map((rollout) => tokenRatios({ logp: logp(rollout), sampledLogp: rollout.logprobs }))
  const count = ratios.reduce((sum, list) => sum + list.length, 0)
  const beyond = ratios.reduce((sum, list) => sum + list.filter((ratio) => ratio > limit).length, 0)
  return {
    'sampler/logp_difference': mean(apart),
    'sampler/logp_difference_max': apart.reduce((most, one) => Math.max(most, one), 0),
    'sampler/ratio': ratios.reduce((sum, list) => sum + list.reduce((a, b) => a + b, 0), 0) / Math.max(1, count),
    'sampler/clipped': beyond / Math.max(1, count),
    'sampler/effective': effectiveShare(weights),
    'sampler/staleness': mean(rollouts.map(({ sampledBy }) => run.version() - (sampledBy?.version ?? run.version()))),
  }
}

/** @param rollouts what is trained on, before the first update with it */
export async function corrected(run: Run, rollouts: readonly Rollout[]): Promise<Corrected> {
  const elsewhere = rollouts.filter(({ sampledBy, logprobs }) => sampledBy !== undefined && logprobs.length > 0)
  if (elsewhere.length === 0) return AS_SAMPLED
  const { offPolicy, offPolicyLimit: limit } = run.plan.rollout
  const own = await run.scorer.logps(await run.policy.dense(), elsewhere.map(sequenceOf))
  const logps = new Map(elsewhere.map((rollout, i) => [rollout, own[i]!]))
  const logp = (rollout: Rollout) => logps.get(rollout) ?? rollout.logprobs
  const weightsOf = (rollout: Rollout): Float32Array => {
    const input = { logp: logp(rollout), sampledLogp: rollout.logprobs, limit }
    if (offPolicy === 'none') return new Float32Array(input.logp.length).fill(1)
    return offPolicy === 'sequences' ? maskedWeights(input) : truncatedWeights(input)
  }
  const weights = new Map(elsewhere.map((rollout) => [rollout, weightsOf(rollout)]))
  return {
    logp,
    weighted(rollout, advantages) {
      const list = weights.get(rollout)
      return list ? advantages.map((advantage, t) => advantage * list[t]!) : advantages
    },
    metrics: differences(elsewhere, logp, [...weights.values()], run),
  }
}
