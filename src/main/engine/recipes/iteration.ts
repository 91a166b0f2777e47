/**
 * The steps of one iteration in the method's order (arXiv 2509.16456): sample, segment, value, select, reset, learn. A recipe calls them one
 * after the other; here they are timed, seeded and reported. One switch, `gpo.criticalStep`, decides: with `none` nothing is segmented, valued or
 * selected.
 */
import type { Phase } from '@shared/schemas/events'
import { segment } from '../../text/segment'
import { deriveSeed } from '../core/rng'
import { STREAM } from '../core/streams'
import { type CriticalStep, selectCriticalStep } from '../gpo/critical-step'
import { rolloutsForPairs } from '../gpo/pairs'
import { resetRollouts } from '../gpo/reset'
import { rolloutsFromPrompts } from '../gpo/sampling'
import { promptStart, type Start, stateStart } from '../gpo/start'
import type { Rollout, Sampling, Segmented, Task, Trajectory, Valued } from '../gpo/trajectory'
import { estimateValues } from '../gpo/value'
import { type Clock, startClock } from './clock'
import type { GuidedSource, Metrics } from './run'
import { samplingOf } from './sampling'

/** A trajectory with its selected critical step. */
export interface Guided {
  readonly trajectory: Valued
  readonly critical: CriticalStep
}

export const isGuided = ({ plan }: Pick<GuidedSource, 'plan'>): boolean => plan.gpo.criticalStep !== 'none'

/** s_m of each. */
export const criticalStarts = (guided: readonly Guided[]): Start[] =>
  guided.map(({ trajectory, critical }) => stateStart(trajectory, critical.step))

export interface Iteration {
  readonly clock: Clock
  /** `perPrompt` trajectories y ~ π(· | x) of each task, one task after the other. @param wave index, if an iteration samples several times */
  sample(tasks: readonly Task[], perPrompt: number, wave?: number): Promise<Trajectory[]>
  /** Cuts trajectories into steps; empty without GPO. */
  segment(trajectories: readonly Trajectory[]): Promise<Segmented[]>
  /** V(s_i) of every state by N continuations. */
  value(trajectories: readonly Segmented[]): Promise<Valued[]>
  /** m of each trajectory, by the plan's rule. */
  select(trajectories: readonly Valued[]): Promise<Guided[]>
  /** `count` rollouts from each start. */
  reset(starts: readonly Start[], count: number): Promise<Rollout[][]>
  /** From each start until there are `count` correct and `count` incorrect rollouts, or no attempt is left. */
  contrast(starts: readonly Start[], count: number, wave: number): Promise<Rollout[][]>
  learn(work: () => Promise<Metrics>): Promise<Metrics>
}

/** Segment, value, select: each trajectory with its critical step; empty without GPO. */
export async function guide(iteration: Iteration, trajectories: readonly Trajectory[]): Promise<Guided[]> {
  const segmented = await iteration.segment(trajectories)
  const valued = await iteration.value(segmented)
  return iteration.select(valued)
}

/** The starts of rollouts for these trajectories: their critical states, or their prompts without GPO. */
export const startsOf = (trajectories: readonly Trajectory[], guided: readonly Guided[]): Start[] =>
  guided.length > 0 ? criticalStarts(guided) : trajectories.map(promptStart)

export function startIteration(source: GuidedSource, index: number): Iteration {
  const { gpo, seed } = source.plan
  const { criticalStep: rule } = gpo
  const clock = startClock()
  const guided = isGuided(source)
  const isReusing = gpo.reuseRollouts || !guided
  const afterReset: Phase = guided ? 'reset' : 'rollouts'

  /** Runs work with the sampling of a phase. If there is nothing to do, the phase is skipped, so that it has no time metric. */
  async function sampled<In, Out>(
    phase: Phase,
    items: readonly In[],
    work: (sampling: Sampling) => Promise<Out[]>,
  ): Promise<Out[]> {
    if (items.length === 0) return []
    const sampling = await samplingOf(source, index, phase)
    return clock.time(phase, () => work(sampling))
  }

  return {
    clock,
    sample: (tasks, perPrompt, wave = 0) =>
      sampled('rollouts', tasks, (sampling) => {
        const own = wave === 0 ? sampling.seed : deriveSeed(sampling.seed, STREAM.laterTrajectories, wave)
        return rolloutsFromPrompts({ ...sampling, seed: own }, tasks, perPrompt)
      }),
    segment: async (trajectories) =>
      guided
        ? clock.time('segment', () =>
            trajectories.map((trajectory) => ({
              ...trajectory,
              steps: segment(source.text.pieces(trajectory.tokens), gpo.segmentation),
            })),
          )
        : [],
    value: (trajectories) =>
      sampled('values', trajectories, (sampling) => estimateValues(sampling, trajectories, gpo.samples)),
    select: async (trajectories) => {
      if (rule === 'none') return []
      const choice = (t: number) => deriveSeed(deriveSeed(seed, index), STREAM.choice, t)
      return clock.time('select', () =>
        trajectories.map((trajectory, t) => ({
          trajectory,
          critical: selectCriticalStep(trajectory.states, rule, choice(t)),
        })),
      )
    },
    reset: (starts, count) =>
      sampled(afterReset, starts, (sampling) => resetRollouts(sampling, starts, count, isReusing)),
    contrast: (starts, count, wave) =>
      sampled(afterReset, starts, (sampling) => {
        const own = { ...sampling, seed: deriveSeed(sampling.seed, STREAM.pairs, wave) }
        return rolloutsForPairs(own, starts, { count, maxAttempts: gpo.maxPairAttempts, isReusing })
      }),
    learn: (work) => clock.time('update', work),
  }
}
