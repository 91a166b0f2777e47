/**
 * Collecting without training: what a guided iteration samples and finds, of the model as it is.
 *
 *   for each iteration
 *     1. sample one trajectory per prompt, cut it into steps, estimate V at the states that the search visits, select the critical step
 *     2. from that state sample until there are `trainedPerPrompt` rollouts
 *
 * With `gpo.criticalStep: none` there are `trainedPerPrompt` rollouts of each prompt and nothing else. `gpo.when` is not asked: every trajectory is
 * valued. Iteration i is a function of the plan's seed and i, so that an interrupted collection goes on to the same records.
 */
import { criticalStarts, guide, isGuided, startIteration } from './iteration'
import { report } from './report'
import { type Procedure, promptsOf, type Run } from './run'

/** Has nothing to remember. */
const NO_LEARNER: Procedure['learner'] = { steps: 0, snapshot: async () => new Map(), restore: () => {} }

export const collectOnly = (run: Run): Procedure => ({
  learner: NO_LEARNER,
  async iterate(index) {
    const { trainedPerPrompt } = run.plan.budget
    const iteration = startIteration(run, index)
    const trajectories = await iteration.sample(promptsOf(run, index), isGuided(run) ? 1 : trainedPerPrompt)
    const guided = await guide(iteration, trajectories)
    const resets = await iteration.reset(criticalStarts(guided), trainedPerPrompt)
    return report(run.text, index, iteration, {
      trajectories,
      guided,
      resets,
      groups: [],
      trained: new Set(),
      keepsUntrained: true,
      learned: {},
    })
  },
})
