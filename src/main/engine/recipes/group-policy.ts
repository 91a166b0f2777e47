/**
 * Policy gradients with a baseline from the group (arXiv 2509.16456, Procedure I): GRPO, RLOO, and PPO with `baseline: group`.
 *
 *   for each iteration
 *     1. collect groups of G rollouts, each from one state: the prompt, or a critical state with GPO    (collect.ts)
 *     2. the advantage of each = how much better it is than the others of its group                     (group-samples.ts)
 *     3. passes of the clipped policy loss
 *
 * A group shares its state, so with GPO the trajectory that led to s_m is not in it: the batch has G rollouts per prompt either way. What has an advantage
 * of 0 on every token has no gradient, so no pass is spent on it; it counts in the means as before.
 */
import { usesReference } from '@shared/method/reference'
import { mean } from '../core/statistics'
import { whitenTogether } from '../objectives/gae'
import { k3Kl } from '../objectives/k3-kl'
import { clippedPolicyLoss } from '../objectives/policy-gradient'
import { scalar, type TokenBatch, tokenValues } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { forwardLogps } from '../policy/score'
import { type Scalar, type Tensor2D, tf } from '../tensor/tf'
import { collect } from './collect'
import type { Collected } from './collected'
import { type Comparison, groupMetrics, groupSamples, type Sample } from './group-samples'
import { startIteration } from './iteration'
import { type Corrected, corrected } from './off-policy'
import { optimise } from './optimise'
import { report } from './report'
import { forwardSettings, type Metrics, type Procedure, type Run } from './run'
import { sequenceOf } from './sequences'

/** [B, T] each. */
type GroupBatch = TokenBatch & {
  readonly oldLogp: Tensor2D
  /** Only with a KL penalty in the loss. */
  readonly refLogp?: Tensor2D
  readonly advantages: Tensor2D
  /** How much each token counts, where `mask` is 1. */
  readonly weight: Tensor2D
  /** What the sum over tokens is divided by: the whole minibatch. */
  readonly denominator: Scalar
  /** The same without the rollouts that no pass is spent on. */
  readonly statsDenominator: Scalar
}

export interface GroupObjective {
  readonly name: string
  readonly epochs: number
  readonly minibatches: number
  readonly clip: number
  readonly clipHigh: number
  readonly comparison: Comparison
  /** Weight of the KL divergence (k3) to the reference in the loss. */
  readonly klInLoss?: number
  /** Weight of the KL divergence to the reference in the rewards: `rollout` on its sum, `token` on what follows each token. */
  readonly klInReward?: { readonly weight: number; readonly per: 'rollout' | 'token' }
  /** Brings the advantages of the iteration's tokens to mean 0 and deviation 1. */
  readonly whitens: boolean
  /** How the loss is averaged: each rollout the same, each token the same, sums of rollouts, or sums divided by the longest completion. */
  readonly average: 'rollout' | 'token' | 'sum' | 'constant'
}

function groupLoss(run: Run, { clip, clipHigh, klInLoss = 0 }: GroupObjective): LossFunction<GroupBatch> {
  const settings = forwardSettings(run)
  return (params, batch) => {
    const { logps: logp } = forwardLogps(settings, params, batch)
    const shared = { ...batch, logp, mask: batch.weight }
    const actor = clippedPolicyLoss({ ...shared, clip, clipHigh })
    if (!batch.refLogp) return actor
    const penalty = k3Kl({ ...shared, refLogp: batch.refLogp })
    return { loss: tf.add(actor.loss, tf.mul(penalty.loss, klInLoss)), stats: { ...actor.stats, ...penalty.stats } }
  }
}

/** From each token on, how much more likely the policy made the rest than the reference does. */
function divergenceToGo(logp: Float32Array, refLogp: Float32Array): Float32Array {
  const rest = new Float32Array(logp.length)
  let sum = 0
  for (let t = logp.length - 1; t >= 0; t--) {
    sum += logp[t]! - refLogp[t]!
    rest[t] = sum
  }
  return rest
}

export function groupPolicy(run: Run, objective: GroupObjective): Procedure {
  const { plan, policy, backend, scorer } = run
  const { average, klInLoss = 0, klInReward } = objective
  const learner = createLearner(backend, policy, objective.name, groupLoss(run, objective), plan.optimiser)
  const size = plan.budget.trainedPerPrompt

  /** The log-probabilities of the reference for these rollouts; without a reference none. */
  const referenceLogps = async (samples: readonly Sample[]) =>
    usesReference(plan.objective)
      ? scorer.logps(
          policy.reference(),
          samples.map(({ rollout }) => sequenceOf(rollout)),
        )
      : null

  /** Step 2. */
  async function samplesOf(
    collected: Collected,
    plain: readonly Sample[],
    { logp }: Corrected,
  ): Promise<{ samples: Sample[]; metrics: Metrics }> {
    const refLogps = klInReward ? await referenceLogps(plain) : null
    if (!klInReward || !refLogps) return { samples: whitened(plain), metrics: {} }
    const toGo = plain.map(({ rollout }, i) => divergenceToGo(logp(rollout), refLogps[i]!))
    const kl = new Map(plain.map(({ rollout }, i) => [rollout, toGo[i]![0] ?? 0]))
    const samples =
      klInReward.per === 'rollout'
        ? groupSamples(
            collected,
            objective.comparison,
            (rollout) => rollout.verdict.reward - klInReward.weight * kl.get(rollout)!,
          )
        : plain.map(({ rollout, advantages }, i) => ({
            rollout,
            advantages: advantages.map((advantage, t) => advantage - klInReward.weight * toGo[i]![t]!),
          }))
    return { samples: whitened(samples), metrics: { 'objective/kl': mean([...kl.values()]) } }
  }

  function whitened(samples: readonly Sample[]): Sample[] {
    if (!objective.whitens) return [...samples]
    const white = whitenTogether(samples.map(({ advantages }) => advantages))
    return samples.map(({ rollout }, i) => ({ rollout, advantages: white[i]! }))
  }

  /** How much each token of a rollout counts. */
  const weightOf = ({ rollout }: Sample) => (average === 'rollout' ? 1 / Math.max(1, rollout.logprobs.length) : 1)
  /** What a rollout adds to the denominator of the mean. */
  const shareOf = ({ rollout }: Sample) => {
    if (average === 'token') return rollout.logprobs.length
    return average === 'constant' ? plan.rollout.maxNewTokens : 1
  }
  const sumBy = (samples: readonly Sample[], of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0)

  /** Steps 2 and 3. */
  async function learn(index: number, collected: Collected): Promise<Metrics> {
    const plain = groupSamples(collected, objective.comparison)
    const correction = await corrected(
      run,
      plain.map(({ rollout }) => rollout),
    )
    const { samples: unweighted, metrics } = await samplesOf(collected, plain, correction)
    const samples = unweighted.map(({ rollout, advantages }) => ({
      rollout,
      advantages: correction.weighted(rollout, advantages),
    }))
    const teaches = ({ advantages }: Sample) => klInLoss > 0 || advantages.some((advantage) => advantage !== 0)
    const kept = samples.filter(teaches)
    const counts = { ...groupMetrics(collected.groups), ...metrics, ...correction.metrics }
    if (kept.length === 0) return { ...counts, num_tokens: 0 }
    const idle = sumBy(
      samples.filter((sample) => !teaches(sample)),
      shareOf,
    )
    const sequences = kept.map(({ rollout }) => sequenceOf(rollout))
    const refLogps = klInLoss > 0 ? await referenceLogps(kept) : null
    const optimised = await optimise(run, learner, index, {
      epochs: objective.epochs,
      minibatches: objective.minibatches,
      units: sequences.map((sequence) => [sequence]),
      inputs: (batch, minibatch) => {
        const chosen = minibatch.map((unit) => kept[unit]!)
        const tokensOf = (of: (sample: Sample) => ArrayLike<number>) =>
          tokenValues(batch, sequences, (unit) => of(kept[unit]!))
        return {
          oldLogp: tokensOf(({ rollout }) => correction.logp(rollout)),
          advantages: tokensOf(({ advantages }) => advantages),
          weight: tokensOf((sample) => new Float32Array(sample.rollout.logprobs.length).fill(weightOf(sample))),
          denominator: scalar(sumBy(chosen, shareOf) + (idle * minibatch.length) / kept.length),
          statsDenominator: scalar(sumBy(chosen, (sample) => weightOf(sample) * sample.rollout.logprobs.length)),
          ...(refLogps && { refLogp: tokenValues(batch, sequences, (unit) => refLogps[unit]!) }),
        }
      },
    })
    return { ...optimised, ...counts }
  }

  return {
    learner,
    async iterate(index) {
      const iteration = startIteration(run, index)
      const collected = await collect(run, index, iteration, { size })
      const learned = await iteration.learn(() => learn(index, collected))
      return report(run.text, index, iteration, { ...collected, learned })
    },
  }
}
