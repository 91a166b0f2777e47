/**
 * What an iteration trains on, for the objectives that learn from rewards (PPO, GRPO, RLOO, KTO): one group of rollouts for each prompt, from the prompt
 * or from a critical state.
 *
 *   off               every group starts at the prompt: the base algorithm
 *   when: always      each prompt's trajectory is reset to its critical state, the group starts there; a share `startMix` starts at the prompt
 *   when: decided     every group starts at the prompt; where all its rollouts fail, one of them is reset and a group from there takes its place
 *   trainOn: all      the groups are all continuations of each state, and the trajectory's own steps are trained as well
 *   mode: repair      every failed rollout is replaced by the best continuation from its critical state, prefix included (repair.ts)
 *
 * With `skipDecided`, groups without contrast are left out and further prompts take their place, in at most MAX_WAVES waves.
 */
import { type Group, groupOf, inGroups, isAllWrong, isMixed, rewardsOf, stateGroups } from '../gpo/groups'
import type { Rollout, Task, Trajectory } from '../gpo/trajectory'
import type { Collected } from './collected'
import { criticalStarts, guide, type Iteration, isGuided } from './iteration'
import { repair } from './repair'
import { laterPrompts, promptsOf, type Run } from './run'

/** Most waves of prompts per iteration. */
const MAX_WAVES = 4

export interface CollectOptions {
  /** Rollouts in a group. */
  readonly size: number
  /** Whether a guided group begins with the trajectory itself, so that its first steps are trained as well; for PPO with a critic. */
  readonly withTrajectory?: boolean
}

const NOTHING: Collected = { trajectories: [], guided: [], resets: [], groups: [], walks: [] }

const joined = (a: Collected, b: Collected): Collected => ({
  trajectories: [...a.trajectories, ...b.trajectories],
  guided: [...a.guided, ...b.guided],
  resets: [...a.resets, ...b.resets],
  groups: [...a.groups, ...b.groups],
  walks: [...a.walks, ...b.walks],
})

/** Groups from the prompts. */
async function fromPrompts(iteration: Iteration, tasks: readonly Task[], size: number): Promise<Collected> {
  const trajectories = await iteration.sample(tasks, size)
  return { ...NOTHING, trajectories, groups: inGroups(trajectories, size).map(groupOf) }
}

/** Groups that the critical states of these trajectories give. */
async function fromStates(
  { plan }: Run,
  iteration: Iteration,
  trajectories: readonly Trajectory[],
  { size, withTrajectory = false }: CollectOptions,
  skipsPrompt = false,
): Promise<Collected> {
  const guided = await guide(iteration, trajectories, skipsPrompt)
  if (plan.gpo.trainOn === 'all') {
    const walks = guided.map(({ trajectory }) => trajectory)
    const resets = guided.map(({ trajectory, critical }) => trajectory.continuations[critical.step]!)
    return { trajectories, guided, resets, walks, groups: walks.flatMap(stateGroups) }
  }
  const resets = await iteration.reset(criticalStarts(guided), withTrajectory ? size - 1 : size)
  const groups = resets.map((rollouts, i) => groupOf(withTrajectory ? [trajectories[i]!, ...rollouts] : rollouts))
  return { ...NOTHING, trajectories, guided, resets, groups }
}

/** Every prompt is guided, except the share that starts at the prompt. */
async function always(
  run: Run,
  iteration: Iteration,
  tasks: readonly Task[],
  options: CollectOptions,
): Promise<Collected> {
  const whole = Math.round(run.plan.gpo.startMix * tasks.length)
  const base = whole > 0 ? await fromPrompts(iteration.part(1), tasks.slice(0, whole), options.size) : NOTHING
  const trajectories = await iteration.sample(tasks.slice(whole), 1)
  return joined(base, await fromStates(run, iteration, trajectories, options))
}

/** The base algorithm's groups; those that are decided are replaced by groups from the critical state of one of their rollouts. */
async function whereDecided(
  run: Run,
  iteration: Iteration,
  tasks: readonly Task[],
  options: CollectOptions,
): Promise<Collected> {
  const { decided } = run.plan.gpo
  const trajectories = await iteration.sample(tasks, options.size)
  const groups = inGroups(trajectories, options.size)
  const isDecided = (rollouts: readonly Rollout[]) =>
    isAllWrong(rollouts) || (decided === 'either' && !isMixed(rewardsOf(groupOf(rollouts))))
  const stuck = groups.filter(isDecided)
  const rescued = await fromStates(
    run,
    iteration,
    stuck.map(([first]) => first!),
    options,
    true,
  )
  const open = groups.filter((rollouts) => !isDecided(rollouts)).map(groupOf)
  return { ...rescued, trajectories, groups: [...open, ...rescued.groups] }
}

function wave(run: Run, iteration: Iteration, tasks: readonly Task[], options: CollectOptions): Promise<Collected> {
  const { mode, when } = run.plan.gpo
  if (!isGuided(run)) return fromPrompts(iteration, tasks, options.size)
  if (mode === 'repair') return repair(iteration, tasks, options.size)
  return when === 'decided' ? whereDecided(run, iteration, tasks, options) : always(run, iteration, tasks, options)
}

const teaches = (group: Group) => isMixed(rewardsOf(group))

export async function collect(
  run: Run,
  index: number,
  iteration: Iteration,
  options: CollectOptions,
): Promise<Collected> {
  const { promptsPerIteration, skipDecided } = run.plan.budget
  let all = await wave(run, iteration, promptsOf(run, index), options)
  if (!skipDecided) return all
  const taught = () => all.groups.filter(teaches)
  for (let n = 1; n < MAX_WAVES && taught().length < promptsPerIteration; n++) {
    // As many prompts as the yield so far lets expect to be needed.
    const share = Math.max(0.25, taught().length / Math.max(1, all.groups.length))
    const missing = Math.ceil((promptsPerIteration - taught().length) / share)
    const tasks = laterPrompts(run, index, n).slice(0, missing)
    all = joined(all, await wave(run, iteration.part(2 * n), tasks, options))
  }
  return { ...all, groups: run.plan.gpo.trainOn === 'all' ? taught() : taught().slice(0, promptsPerIteration) }
}
