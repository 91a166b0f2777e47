/** The metrics and records of an iteration, made from the same values. */
import type { ContinuationRecord, TrajectoryRecord } from '@shared/schemas/trajectory'
import { mean, standardDeviation } from '../core/statistics'
import { advantages } from '../gpo/critical-step'
import type { Rollout, Trajectory } from '../gpo/trajectory'
import type { Guided, Iteration } from './iteration'
import type { IterationResult, Metrics, TextCodec } from './run'

export interface Harvest {
  readonly trajectories: readonly Trajectory[]
  /** The trajectories with their critical steps; empty without GPO. */
  readonly guided: readonly Guided[]
  /** The rollouts after each guided trajectory's reset. */
  readonly resets: readonly (readonly Rollout[])[]
  /** The rollouts in the batch; absent: all of them. */
  readonly trained?: ReadonlySet<Rollout>
  readonly learned: Metrics
}

const reward = (rollouts: readonly Rollout[]) => mean(rollouts.map(({ verdict }) => verdict.reward))

/** Reward, length and entropy of rollouts from the prompt. */
function completionMetrics(rollouts: readonly Rollout[]): Metrics {
  const rewards = rollouts.map(({ verdict }) => verdict.reward)
  const negLogps = rollouts.map(({ logprobs }) => -logprobs.reduce((sum, logp) => sum + logp, 0))
  const newTokens = rollouts.reduce((sum, { logprobs }) => sum + logprobs.length, 0)
  return {
    reward: mean(rewards),
    reward_std: standardDeviation(rewards),
    'objective/entropy': mean(negLogps),
    entropy: negLogps.reduce((sum, value) => sum + value, 0) / newTokens,
    'completions/mean_length': mean(rollouts.map(({ tokens }) => tokens.length)),
    'completions/clipped_ratio': mean(rollouts.map(({ isTruncated }) => Number(isTruncated))),
    'completions/unparseable_ratio': mean(rollouts.map(({ verdict }) => Number(verdict.status === 'unparseable'))),
    'val/num_eos_tokens': rollouts.filter(({ isTruncated }) => !isTruncated).length,
  }
}

/** 0 = first step, 1 = last. */
const position = ({ trajectory, critical }: Guided) =>
  trajectory.steps.length > 1 ? critical.step / (trajectory.steps.length - 1) : 0

/** Metrics of GPO's own steps; empty without GPO. */
function guideMetrics({ guided, resets }: Harvest): Metrics {
  if (guided.length === 0) return {}
  const trajectories = guided.map(({ trajectory }) => trajectory)
  const continuations = trajectories.flatMap(({ continuations }) => continuations.flat())
  return {
    'gpo/value_start': mean(trajectories.map(({ states }) => states[0]!.value)),
    'gpo/max_advantage': mean(trajectories.map(({ states }) => Math.max(...advantages(states)))),
    'gpo/critical_position': mean(guided.map(position)),
    'gpo/selection_confidence': mean(guided.map(({ critical }) => critical.confidence)),
    'gpo/reset_reward': reward(resets.flat()),
    'gpo/rollout_reward': reward(trajectories),
    'gpo/steps_per_trajectory': mean(trajectories.map(({ steps }) => steps.length)),
    'gpo/mc_tokens': continuations.reduce((sum, { tokens, kept }) => sum + tokens.length - kept, 0),
  }
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
  }
}

/**
 * The record of a GPO trajectory: steps, values, critical step, continuations and the rollouts after the reset.
 * @param trained the rollouts from its critical state that entered a batch
 */
export function guidedRecord(
  text: TextCodec,
  iteration: number,
  index: number,
  { trajectory, critical }: Guided,
  trained: readonly Rollout[],
): TrajectoryRecord {
  const isTrained = new Set(trained)
  const isEstimate = new Set(trajectory.continuations.flat())
  const values = trajectory.continuations.flatMap((rollouts, state) =>
    rollouts.map((rollout) =>
      continuationRecord(text, rollout, { state, purpose: 'value', trained: isTrained.has(rollout) }),
    ),
  )
  const fresh = trained
    .filter((rollout) => !isEstimate.has(rollout))
    .map((rollout) => continuationRecord(text, rollout, { state: critical.step, purpose: 'reset', trained: true }))
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
  const { trajectories, guided, resets, trained, learned } = harvest
  const used = resets.map((rollouts) => (trained ? rollouts.filter((rollout) => trained.has(rollout)) : rollouts))
  return {
    metrics: { ...completionMetrics(trajectories), ...guideMetrics(harvest), ...learned, ...clock.metrics() },
    trajectories:
      guided.length > 0
        ? guided.map((one, i) => guidedRecord(text, index, i, one, used[i]!))
        : trajectories.map((trajectory, i) => plainRecord(text, index, i, trajectory)),
  }
}
