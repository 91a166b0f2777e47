/** The metrics and records of an iteration, made from the same values. */

import { advantagesOf } from '@shared/method/critical-step'
import type { ContinuationRecord, SampledRecord, TrajectoryRecord } from '@shared/schemas/trajectory'
import { mean, standardDeviation } from '../core/statistics'
import { type Group, isMixed } from '../gpo/groups'
import type { Rollout, Trajectory } from '../gpo/trajectory'
import type { Guided, Iteration } from './iteration'
import type { IterationResult, Metrics, TextCodec } from './run'

export interface Harvest {
  /** Rollouts from prompts. */
  readonly trajectories: readonly Trajectory[]
  /** The trajectories with their critical steps; empty without GPO. */
  readonly guided: readonly Guided[]
  /** The rollouts after each guided trajectory's reset. */
  readonly resets: readonly (readonly Rollout[])[]
  /** What is compared with each other; trained on unless `trained` says which of it. */
  readonly groups: readonly Pick<Group, 'rollouts'>[]
  /** The rollouts in the batch; absent: all of them. Of those after a reset, the others are not recorded unless `keepsUntrained`. */
  readonly trained?: ReadonlySet<Rollout>
  readonly keepsUntrained?: boolean
  readonly learned: Metrics
}

const reward = (rollouts: readonly Rollout[]) => mean(rollouts.map(({ verdict }) => verdict.reward))
const newTokens = (rollouts: Iterable<Rollout>) => [...rollouts].reduce((sum, { logprobs }) => sum + logprobs.length, 0)

/** Everything that was sampled in the iteration, each rollout once. */
const sampledIn = ({ trajectories, guided, resets, groups }: Harvest): Set<Rollout> =>
  new Set([
    ...trajectories,
    ...guided.flatMap(({ trajectory }) => trajectory.continuations.flat()),
    ...resets.flat(),
    ...groups.flatMap(({ rollouts }) => rollouts),
  ])

/** Reward, length and entropy of rollouts from the prompt. */
function completionMetrics(rollouts: readonly Rollout[]): Metrics {
  const rewards = rollouts.map(({ verdict }) => verdict.reward)
  const negLogps = rollouts.map(({ logprobs }) => -logprobs.reduce((sum, logp) => sum + logp, 0))
  return {
    reward: mean(rewards),
    reward_std: standardDeviation(rewards),
    'objective/entropy': mean(negLogps),
    entropy: negLogps.reduce((sum, value) => sum + value, 0) / newTokens(rollouts),
    'completions/mean_length': mean(rollouts.map(({ tokens }) => tokens.length)),
    'completions/clipped_ratio': mean(rollouts.map(({ isTruncated }) => Number(isTruncated))),
    'completions/unparseable_ratio': mean(rollouts.map(({ verdict }) => Number(verdict.status === 'unparseable'))),
    'val/num_eos_tokens': rollouts.filter(({ isTruncated }) => !isTruncated).length,
  }
}

/** 0 = first step, 1 = last. */
const position = ({ trajectory, critical }: Guided) =>
  trajectory.steps.length > 1 ? critical.step / (trajectory.steps.length - 1) : 0

/** How many tokens were sampled, values and discarded groups included. */
const samplingMetrics = (harvest: Harvest): Metrics => ({ 'gpo/generated_tokens': newTokens(sampledIn(harvest)) })

/** Metrics of GPO's own steps; empty without GPO. */
function guideMetrics({ trajectories, guided, resets }: Harvest): Metrics {
  if (guided.length === 0) return {}
  const walked = guided.map(({ trajectory }) => trajectory)
  const continuations = new Set(walked.flatMap(({ continuations }) => continuations.flat()))
  const rewards = resets.map((rollouts) => rollouts.map(({ verdict }) => verdict.reward))
  const starts = walked.flatMap(({ states }) => states[0]!.value ?? [])
  const gains = walked.map(({ states }) => advantagesOf(states).filter((gain) => gain !== null))
  return {
    ...(starts.length > 0 && { 'gpo/value_start': mean(starts) }),
    'gpo/max_advantage': mean(gains.filter((known) => known.length > 0).map((known) => Math.max(...known))),
    'gpo/critical_position': mean(guided.map(position)),
    'gpo/selection_confidence': mean(guided.map(({ critical }) => critical.confidence)),
    'gpo/reset_reward': reward(resets.flat()),
    'gpo/rollout_reward': reward(trajectories),
    'gpo/mixed_share': mean(rewards.map((group) => Number(isMixed(group)))),
    'gpo/dead_share': mean(rewards.map((group) => Number(group.every((one) => one === 0)))),
    'gpo/steps_per_trajectory': mean(walked.map(({ steps }) => steps.length)),
    'gpo/mc_tokens': newTokens(continuations),
  }
}

/** Who sampled it, if not this process; log-probabilities to five decimals, which is finer than two programs agree. */
function sampledRecord({ sampledBy, logprobs }: Rollout): { readonly sampled?: SampledRecord } {
  if (!sampledBy) return {}
  return { sampled: { ...sampledBy, logprobs: Array.from(logprobs, (logprob) => Math.round(logprob * 1e5) / 1e5) } }
}

function continuationRecord(
  text: TextCodec,
  rollout: Rollout,
  { state, purpose, trained }: Pick<ContinuationRecord, 'state' | 'purpose' | 'trained'>,
): ContinuationRecord {
  const fresh = rollout.tokens.subarray(rollout.kept)
  return {
    state,
    purpose,
    trained,
    tokens: fresh.length,
    text: text.decode(fresh),
    reward: rollout.verdict.reward,
    status: rollout.verdict.status,
    ...(rollout.isUnfinished && { unfinished: true }),
    ...sampledRecord(rollout),
  }
}

/** The record of a trajectory without GPO. */
function plainRecord(text: TextCodec, iteration: number, index: number, rollout: Rollout): TrajectoryRecord {
  const { task, tokens, verdict } = rollout
  return {
    iteration,
    index,
    row: task.row,
    prompt: text.prompt(task.prompt),
    reference: task.reference,
    text: text.decode(tokens),
    tokens: tokens.length,
    ...verdict,
    steps: [],
    states: [],
    critical: null,
    continuations: [],
    ...sampledRecord(rollout),
  }
}

/**
 * The record of a GPO trajectory: steps, values, critical step, continuations and the rollouts after the reset.
 * @param after the rollouts from its critical state that are recorded
 * @param batch everything that did; absent: only those
 */
export function guidedRecord(
  text: TextCodec,
  iteration: number,
  index: number,
  { trajectory, critical }: Guided,
  after: readonly Rollout[],
  batch: ReadonlySet<Rollout> = new Set(after),
): TrajectoryRecord {
  const isEstimate = new Set(trajectory.continuations.flat())
  const values = trajectory.continuations.flatMap((rollouts, state) =>
    rollouts.map((rollout) =>
      continuationRecord(text, rollout, { state, purpose: 'value', trained: batch.has(rollout) }),
    ),
  )
  const fresh = after
    .filter((rollout) => !isEstimate.has(rollout))
    .map((rollout) =>
      continuationRecord(text, rollout, { state: critical.step, purpose: 'reset', trained: batch.has(rollout) }),
    )
  return {
    ...plainRecord(text, iteration, index, trajectory),
    steps: trajectory.steps.map(({ start, end }) => ({
      start,
      end,
      text: text.decode(trajectory.tokens.subarray(start, end)),
    })),
    states: trajectory.states,
    critical,
    continuations: [...values, ...fresh],
  }
}

/** The metrics and records of a finished iteration. */
export function report(text: TextCodec, index: number, { clock }: Iteration, harvest: Harvest): IterationResult {
  const { trajectories, guided, resets, groups, trained, keepsUntrained = false, learned } = harvest
  const batch = trained ?? new Set(groups.flatMap(({ rollouts }) => rollouts))
  const walked = new Map(guided.map((one, i) => [one.trajectory.tokens, i]))
  const plain = trajectories.filter(({ tokens }) => !walked.has(tokens))
  const { num_tokens: trainedTokens } = learned
  return {
    metrics: {
      ...completionMetrics(trajectories),
      ...samplingMetrics(harvest),
      ...(trainedTokens !== undefined && { 'gpo/trained_tokens': trainedTokens }),
      ...guideMetrics(harvest),
      ...learned,
      ...clock.metrics(),
    },
    trajectories: [
      ...guided.map((one, i) =>
        guidedRecord(
          text,
          index,
          i,
          one,
          resets[i]!.filter((rollout) => keepsUntrained || batch.has(rollout)),
          batch,
        ),
      ),
      ...plain.map((trajectory, i) => plainRecord(text, index, guided.length + i, trajectory)),
    ],
  }
}
