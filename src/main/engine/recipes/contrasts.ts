/**
 * Where pairs come from, for the objectives that learn from pairs (DPO, SimPO, ORPO): rollouts from one state, some correct and some not.
 *
 *   off             from each prompt until there are enough of both
 *   when: always    from each trajectory's critical state; a share `startMix` from the prompt
 *   when: decided   from each prompt; where all its rollouts fail, from the critical state of its trajectory
 *   trainOn: all    the continuations of every state, which are already sampled
 *
 * The prefix up to the state is part of the prompt: both answers of a pair have it in common, so it cancels in DPO's loss; SimPO's and ORPO's mean over
 * tokens and KTO's value of a single answer would otherwise count a prefix that the comparison says nothing about.
 */
import { isAllWrong } from '../gpo/groups'
import { promptStart } from '../gpo/start'
import type { Rollout, Trajectory } from '../gpo/trajectory'
import { criticalStarts, type Guided, guide, type Iteration, isGuided } from './iteration'
import type { Run } from './run'

export interface Contrasts {
  readonly guided: readonly Guided[]
  /** For each guided trajectory, its rollouts from the critical state. */
  readonly resets: readonly (readonly Rollout[])[]
  /** Rollouts from one state each, among which pairs are made. */
  readonly groups: readonly (readonly Rollout[])[]
}

async function fromStates(
  { plan }: Run,
  iteration: Iteration,
  trajectories: readonly Trajectory[],
  skipsPrompt = false,
): Promise<Contrasts> {
  const guided = await guide(iteration, trajectories, skipsPrompt)
  if (plan.gpo.trainOn === 'all') {
    const groups = guided.flatMap(({ trajectory }) => trajectory.continuations)
    const resets = guided.map(({ trajectory, critical }) => trajectory.continuations[critical.step]!)
    return { guided, resets, groups }
  }
  const resets = await iteration.contrast(criticalStarts(guided), plan.budget.trainedPerPrompt)
  return { guided, resets, groups: resets }
}

const fromPrompts = (iteration: Iteration, trajectories: readonly Trajectory[], count: number) =>
  iteration.contrast(trajectories.map(promptStart), count)

/** @param trajectories one of each prompt */
export async function contrasts(
  run: Run,
  iteration: Iteration,
  trajectories: readonly Trajectory[],
): Promise<Contrasts> {
  const { gpo, budget } = run.plan
  const count = budget.trainedPerPrompt
  if (!isGuided(run)) return { guided: [], resets: [], groups: await fromPrompts(iteration, trajectories, count) }
  if (gpo.when === 'decided') {
    const groups = await fromPrompts(iteration, trajectories, count)
    const stuck = trajectories.filter((_, i) => isAllWrong(groups[i]!))
    const rescued = await fromStates(run, iteration.part(100), stuck, true)
    return { ...rescued, groups: [...groups, ...rescued.groups] } // groups that are all wrong give no pairs, but were sampled
  }
  const whole = Math.round(gpo.startMix * trajectories.length)
  const base = whole > 0 ? await fromPrompts(iteration.part(100), trajectories.slice(0, whole), count) : []
  const states = await fromStates(run, iteration, trajectories.slice(whole))
  return { ...states, groups: [...base, ...states.groups] }
}
