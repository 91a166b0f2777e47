/**
 * Success-filtered repair, as in the code of the paper's first author (arXiv 2509.16456): rollouts that succeed stay; one that fails is reset to its
 * critical state and replaced by a continuation that succeeds, if there is one. The kept prefix is trained as if it had been sampled with the rest. Biased:
 * a success found in N attempts counts like one found in the first. For replication; its random control should get the same filter.
 */
import { groupOf } from '../gpo/groups'
import { isCorrect } from '../gpo/pairs'
import type { Rollout, Task, Trajectory } from '../gpo/trajectory'
import type { Collected } from './collected'
import { guide, type Iteration } from './iteration'

/** The continuation as a whole rollout: nothing of it counts as kept. */
const whole = (trajectory: Trajectory, continuation: Rollout): Rollout => ({
  ...continuation,
  kept: 0,
  logprobs: Float32Array.from([...trajectory.logprobs.subarray(0, continuation.kept), ...continuation.logprobs]),
})

/** @param perTask rollouts for each task */
export async function repair(iteration: Iteration, tasks: readonly Task[], perTask: number): Promise<Collected> {
  const trajectories = await iteration.sample(tasks, perTask)
  const guided = await guide(
    iteration,
    trajectories.filter((rollout) => !isCorrect(rollout)),
  )
  const successes = guided.map(({ trajectory, critical }) =>
    trajectory.continuations[critical.step]!.filter(isCorrect).slice(0, 1),
  )
  const repaired = guided.map(({ trajectory }, i) => {
    const [success] = successes[i]!
    return success ? whole(trajectory, success) : trajectory
  })
  const groups = [...trajectories.filter(isCorrect), ...repaired].map((rollout) => groupOf([rollout]))
  return { trajectories, guided, resets: successes, groups, walks: [] }
}
