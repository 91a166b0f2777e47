/**
 * Sampling for Procedure II (arXiv 2509.16456): from one state per trajectory, the prompt or the critical state s_m, rollouts until both
 * correct and incorrect ones are there. Shared by DPO, SimPO, ORPO (pairs) and KTO (labelled rollouts).
 */
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import { deriveSeed } from '../core/rng'
import { type Pair, pairUp, type ResetPoint, rolloutsForPairs } from '../gpo/reset'
import { rolloutsFromPrompts } from '../gpo/sampling'
import type { Rollout, Task, Trajectory, Valued } from '../gpo/trajectory'
import type { Clock } from './clock'
import { findCriticalSteps, type Guided, guidedRecord, guideMetrics, isGuided, plainRecord } from './guide'
import { completionMetrics } from './rollout-metrics'
import { promptsOf, type Run, samplingOf, takeShuffled } from './run'

/** Trajectories and the states their contrasting rollouts start from. */
export interface Contrast {
  readonly trajectories: readonly Trajectory[]
  /** Empty without GPO. */
  readonly guided: readonly Guided[]
  readonly points: readonly ResetPoint[]
}

/** A trajectory as its own continuation from the prompt: the state of a run without GPO. */
function promptState(trajectory: Trajectory): ResetPoint {
  const whole: Valued = {
    ...trajectory,
    steps: [{ start: 0, end: trajectory.tokens.length }],
    states: [],
    continuations: [[trajectory]],
  }
  return { trajectory: whole, step: 0 }
}

/** One trajectory per prompt, and the state to contrast at. */
export async function findStates(
  run: Run,
  clock: Clock,
  iteration: number,
  tasks: readonly Task[],
  wave = 0,
): Promise<Contrast> {
  const sampling = await samplingOf(run, iteration, 'rollouts')
  const seeded = wave === 0 ? sampling : { ...sampling, seed: deriveSeed(sampling.seed, 13, wave) }
  const trajectories = await clock.time('rollouts', () => rolloutsFromPrompts(seeded, tasks, 1))
  if (!isGuided(run.plan.gpo)) return { trajectories, guided: [], points: trajectories.map(promptState) }
  const guided = await findCriticalSteps(run, clock, iteration, trajectories)
  return {
    trajectories,
    guided,
    points: guided.map(({ trajectory, critical }) => ({ trajectory, step: critical.step })),
  }
}

export interface PairHarvest {
  readonly pairs: readonly Pair[]
  readonly metrics: Readonly<Record<string, number>>
  readonly records: readonly TrajectoryRecord[]
}

/** Prompts of further waves, when the iteration's own gave too few pairs: random rows, a function of seed, iteration and wave. */
function morePrompts(run: Run, iteration: number, wave: number): Task[] {
  return takeShuffled(run.tasks, 0, run.plan.budget.promptsPerIteration, deriveSeed(run.plan.seed, 17, iteration, wave))
}

const MAX_WAVES = 4

/**
 * Exactly `promptsPerIteration · trainedPerPrompt` pairs, so that runs with and without GPO train on equally many; more prompts are asked
 * where states never give both outcomes. Fewer only when the waves run out; `pairs` in the metrics says how many there were.
 */
export async function harvestPairs(run: Run, clock: Clock, iteration: number): Promise<PairHarvest> {
  const { promptsPerIteration, trainedPerPrompt: count } = run.plan.budget
  const { maxPairAttempts: maxAttempts, reuseRollouts } = run.plan.gpo
  const wanted = promptsPerIteration * count
  const pairs: Pair[] = []
  const all: Contrast[] = []
  const found: Rollout[][] = []
  for (let wave = 0; pairs.length < wanted && wave < MAX_WAVES; wave++) {
    const tasks = wave === 0 ? promptsOf(run, iteration) : morePrompts(run, iteration, wave)
    const contrast = await findStates(run, clock, iteration, tasks, wave)
    const sampling = await samplingOf(run, iteration, 'reset')
    const seeded = { ...sampling, seed: deriveSeed(sampling.seed, 19, wave) }
    const isReusing = reuseRollouts || !isGuided(run.plan.gpo)
    const phase = isGuided(run.plan.gpo) ? 'reset' : 'rollouts'
    const rollouts = await clock.time(phase, () =>
      rolloutsForPairs(seeded, contrast.points, { count, maxAttempts, isReusing }),
    )
    all.push(contrast)
    found.push(...rollouts)
    pairs.push(...rollouts.flatMap((list) => pairUp(list, count)))
  }
  const trained = pairs.slice(0, wanted)
  return {
    pairs: trained,
    ...describe(run, iteration, all, found, new Set(trained.flatMap(({ chosen, rejected }) => [chosen, rejected]))),
  }
}

/** Metrics and records of what was sampled; `trained` are the rollouts that enter the batch. */
export function describe(
  run: Run,
  iteration: number,
  contrasts: readonly Contrast[],
  found: readonly (readonly Rollout[])[],
  trained: ReadonlySet<Rollout>,
) {
  const trajectories = contrasts.flatMap((contrast) => contrast.trajectories)
  const guided = contrasts.flatMap((contrast) => contrast.guided)
  const used = found.map((list) => list.filter((rollout) => trained.has(rollout)))
  const metrics = {
    ...completionMetrics(trajectories),
    ...(guided.length > 0 ? guideMetrics(guided, found) : {}),
    pairs: trained.size / 2,
    'pairs/attempts': found.reduce((sum, list) => sum + list.length, 0),
  }
  const records =
    guided.length > 0
      ? guided.map((one, i) => guidedRecord(run, iteration, i, one, used[i]!))
      : trajectories.map((trajectory, i) => plainRecord(run, iteration, i, trajectory))
  return { metrics, records }
}
