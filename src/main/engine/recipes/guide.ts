/**
 * The guided half of every procedure: from trajectories to their critical steps (method, steps 1 to 4), and the records and metrics of
 * it. One switch, `gpo.criticalStep`, decides; with `none` nothing here runs.
 */
import type { GpoConfig } from '@shared/schemas/plan'
import type { ContinuationRecord, TrajectoryRecord } from '@shared/schemas/trajectory'
import { segment } from '../../text/segment'
import { deriveSeed } from '../core/rng'
import { advantages, type CriticalStep, selectCriticalStep } from '../gpo/critical-step'
import { STREAM } from '../gpo/sampling'
import type { Rollout, Segmented, Trajectory, Valued } from '../gpo/trajectory'
import { estimateValues } from '../gpo/value'
import type { Clock } from './clock'
import { mean, type Run, samplingOf } from './run'

export interface Guided {
  readonly trajectory: Valued
  readonly critical: CriticalStep
}

export const isGuided = ({ criticalStep }: GpoConfig): boolean => criticalStep !== 'none'

export function segmentTrajectory(run: Run, trajectory: Trajectory): Segmented {
  return { ...trajectory, steps: segment(run.text.pieces(trajectory.tokens), run.plan.gpo.segmentation) }
}

/** Segment, estimate values, select: each trajectory with its critical step. */
export async function findCriticalSteps(
  run: Run,
  clock: Clock,
  iteration: number,
  trajectories: readonly Trajectory[],
): Promise<Guided[]> {
  const { criticalStep: rule, samples } = run.plan.gpo
  if (rule === 'none') throw new Error('findCriticalSteps was called for a run without GPO')
  const segmented = await clock.time('segment', () =>
    trajectories.map((trajectory) => segmentTrajectory(run, trajectory)),
  )
  const sampling = await samplingOf(run, iteration, 'values')
  const valued = await clock.time('values', () => estimateValues(sampling, segmented, samples))
  return clock.time('select', () =>
    valued.map((trajectory, t) => {
      const seed = deriveSeed(sampling.seed, STREAM.choice, t)
      return { trajectory, critical: selectCriticalStep(trajectory.states, rule, seed) }
    }),
  )
}

/** Metrics of method.md section 3, group GPO. `resets`: the rollouts after each trajectory's reset. */
export function guideMetrics(
  guided: readonly Guided[],
  resets: readonly (readonly Rollout[])[],
): Record<string, number> {
  const reward = (rollouts: readonly Rollout[]) => mean(rollouts.map(({ verdict }) => verdict.reward))
  const position = ({ trajectory, critical }: Guided) =>
    trajectory.steps.length > 1 ? critical.step / (trajectory.steps.length - 1) : 0
  const sampledTokens = guided.flatMap(({ trajectory }) =>
    trajectory.continuations.flat().map(({ tokens, kept }) => tokens.length - kept),
  )
  return {
    'gpo/value_start': mean(guided.map(({ trajectory }) => trajectory.states[0]!.value)),
    'gpo/max_advantage': mean(guided.map(({ trajectory }) => Math.max(...advantages(trajectory.states)))),
    'gpo/critical_position': mean(guided.map(position)),
    'gpo/selection_confidence': mean(guided.map(({ critical }) => critical.confidence)),
    'gpo/reset_reward': reward(resets.flat()),
    'gpo/rollout_reward': reward(guided.map(({ trajectory }) => trajectory)),
    'gpo/steps_per_trajectory': mean(guided.map(({ trajectory }) => trajectory.steps.length)),
    'gpo/mc_tokens': sampledTokens.reduce((sum, n) => sum + n, 0),
  }
}

function continuationRecord(
  run: Run,
  rollout: Rollout,
  state: number,
  purpose: ContinuationRecord['purpose'],
  isTrained: boolean,
): ContinuationRecord {
  const fresh = rollout.tokens.subarray(rollout.kept)
  return {
    state,
    purpose,
    trained: isTrained,
    tokens: fresh.length,
    text: run.text.decode(fresh),
    reward: rollout.verdict.reward,
    status: rollout.verdict.status,
  }
}

/** What the store keeps of a trajectory that was not guided. */
export function plainRecord(run: Run, iteration: number, index: number, rollout: Rollout): TrajectoryRecord {
  const { task, tokens, verdict } = rollout
  return {
    iteration,
    index,
    row: task.row,
    prompt: run.text.decode(task.prompt),
    reference: task.reference,
    text: run.text.decode(tokens),
    tokens: tokens.length,
    ...verdict,
    steps: [],
    states: [],
    critical: null,
    continuations: [],
  }
}

/** What the store keeps of a guided trajectory: steps, values, critical step, continuations and the rollouts after the reset. */
export function guidedRecord(
  run: Run,
  iteration: number,
  index: number,
  { trajectory, critical }: Guided,
  resets: readonly Rollout[],
): TrajectoryRecord {
  const trained = new Set(resets)
  const values = trajectory.continuations.flatMap((rollouts, state) =>
    rollouts.map((rollout) => continuationRecord(run, rollout, state, 'value', trained.has(rollout))),
  )
  const estimated = new Set(trajectory.continuations.flat())
  const fresh = resets.filter((rollout) => !estimated.has(rollout))
  return {
    ...plainRecord(run, iteration, index, trajectory),
    steps: trajectory.steps.map(({ start, end }) => ({
      start,
      end,
      text: run.text.decode(trajectory.tokens.subarray(start, end)),
    })),
    states: trajectory.states,
    critical,
    continuations: [
      ...values,
      ...fresh.map((rollout) => continuationRecord(run, rollout, critical.step, 'reset', true)),
    ],
  }
}
