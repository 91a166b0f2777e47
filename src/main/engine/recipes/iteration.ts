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
import { type Early, rolloutsFromPrompts } from '../gpo/sampling'
import { estimateValues } from '../gpo/search'
import { type Start, stateStart } from '../gpo/start'
import type { Rollout, Sampling, Segmented, Task, Trajectory, Valued } from '../gpo/trajectory'
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
  /** The same iteration with other random numbers, for a further part of its work. @param n from 1 */
  part(n: number): Iteration
  /** `perPrompt` trajectories y ~ π(· | x) of each task, one task after the other. */
  sample(tasks: readonly Task[], perPrompt: number): Promise<Trajectory[]>
  /** Cuts trajectories into steps; empty without GPO. */
  segment(trajectories: readonly Trajectory[]): Promise<Segmented[]>
  /** V(s_i) of the states that the plan's search visits. @param skipsPrompt whether the prompts were found decided before */
  value(trajectories: readonly Segmented[], skipsPrompt?: boolean): Promise<Valued[]>
  /** m of each trajectory, by the plan's rule. */
  select(trajectories: readonly Valued[]): Promise<Guided[]>
  /** `count` rollouts from each start. */
  reset(starts: readonly Start[], count: number): Promise<Rollout[][]>
  /** From each start until there are `count` correct and `count` incorrect rollouts, or no attempt is left. */
  contrast(starts: readonly Start[], count: number): Promise<Rollout[][]>
  learn(work: () => Promise<Metrics>): Promise<Metrics>
}

/** Segment, value, select: each trajectory with its critical step; empty without GPO. */
export async function guide(
  iteration: Iteration,
  trajectories: readonly Trajectory[],
  skipsPrompt?: boolean,
): Promise<Guided[]> {
  const segmented = await iteration.segment(trajectories)
  const valued = await iteration.value(segmented, skipsPrompt)
  return iteration.select(valued)
}

/** What the parts of an iteration have in common. */
interface Shared {
  readonly source: GuidedSource
  readonly index: number
  readonly clock: Clock
  readonly isReusing: boolean
}

/**
 * @param isReusing whether rollouts from a critical state include the continuations that estimated its value; absent: as the plan says
 */
export function startIteration(
  source: GuidedSource,
  index: number,
  isReusing = source.plan.gpo.reuseRollouts,
): Iteration {
  return partOf({ source, index, clock: startClock(), isReusing: isReusing || !isGuided(source) }, 0)
}

function partOf(shared: Shared, part: number): Iteration {
  const { source, index, clock, isReusing } = shared
  const { gpo, seed } = source.plan
  const { criticalStep: rule } = gpo
  const guided = isGuided(source)
  // A continuation that is trained must be whole; one that only counts may end when its verdict is settled.
  const early: Early = gpo.trainOn === 'all' ? 'never' : isReusing ? 'lostStates' : 'always'
  const afterReset: Phase = guided ? 'reset' : 'rollouts'
  const ofPart = (own: number) => (part === 0 ? own : deriveSeed(own, STREAM.laterTrajectories, part))

  /** Runs work with the sampling of a phase. If there is nothing to do, the phase is skipped, so that it has no time metric. */
  async function sampled<In, Out>(
    phase: Phase,
    items: readonly In[],
    work: (sampling: Sampling) => Promise<Out[]>,
  ): Promise<Out[]> {
    if (items.length === 0) return []
    const sampling = await samplingOf(source, index, phase)
    return clock.time(phase, () => work({ ...sampling, seed: ofPart(sampling.seed) }))
  }

  return {
    clock,
    part: (n) => partOf(shared, part + n),
    sample: (tasks, perPrompt) =>
      sampled('rollouts', tasks, (sampling) => rolloutsFromPrompts(sampling, tasks, perPrompt)),
    segment: async (trajectories) =>
      guided && trajectories.length > 0
        ? clock.time('segment', () =>
            trajectories.map((trajectory) => ({
              ...trajectory,
              steps: segment(source.text.pieces(trajectory.tokens), gpo.segmentation),
            })),
          )
        : [],
    value: (trajectories, skipsPrompt = false) =>
      sampled('values', trajectories, (sampling) =>
        // Without a rule nothing is segmented, so that there are no trajectories here.
        rule === 'none'
          ? Promise.resolve([])
          : estimateValues(sampling, trajectories, { ...gpo, rule, skipsPrompt, early }),
      ),
    select: async (trajectories) => {
      if (rule === 'none' || trajectories.length === 0) return []
      const choice = (t: number) => deriveSeed(ofPart(deriveSeed(seed, index)), STREAM.choice, t)
      return clock.time('select', () =>
        trajectories.map((trajectory, t) => ({
          trajectory,
          critical: selectCriticalStep(trajectory.states, rule, choice(t)),
        })),
      )
    },
    reset: (starts, count) =>
      sampled(afterReset, starts, (sampling) => resetRollouts(sampling, starts, count, isReusing)),
    contrast: (starts, count) =>
      sampled(afterReset, starts, (sampling) => {
        const own = { ...sampling, seed: deriveSeed(sampling.seed, STREAM.pairs, 0) }
        return rolloutsForPairs(own, starts, { count, maxAttempts: gpo.maxPairAttempts, isReusing })
      }),
    learn: (work) => clock.time('update', work),
  }
}
