/** How well the searches choose: V(1 − V) of the chosen state by its exact value, for the tokens they sample (swaps.ts). */
import { criticalStarts, guide, startIteration } from '@engine/recipes/iteration'
import type { Search } from '@shared/method/search'
import { createSwaps, type SwapsOptions } from './swaps'

export interface Selection {
  readonly search: Search
  /** N */
  readonly samples: number
  /** Mean of V(1 − V) at the chosen state, as a share of the best state's on the same trajectory. */
  readonly quality: number
  /** Share of trajectories whose chosen state has an exact value from 0.2 to 0.8. */
  readonly undecided: number
  /** Tokens of continuations per trajectory. */
  readonly tokens: number
}

const PER_ITERATION = 64

export async function selectionOf(
  options: SwapsOptions,
  search: Search,
  samples: number,
  trajectories: number,
): Promise<Selection> {
  const swaps = createSwaps(options)
  const run = swaps.run({ gpo: { criticalStep: 'undecided', search, samples } }, PER_ITERATION)
  let [chosen, best, between, tokens, count] = [0, 0, 0, 0, 0]
  for (let i = 1; count < trajectories; i++) {
    const iteration = startIteration(run, i)
    const sampled = await iteration.sample(run.tasks.slice((i - 1) * PER_ITERATION, i * PER_ITERATION), 1)
    const before = swaps.sampler.counters.decoded
    const guided = await guide(iteration, sampled)
    tokens += swaps.sampler.counters.decoded - before
    for (const { trajectory, kept } of criticalStarts(guided)) {
      const spread = Array.from({ length: options.steps }, (_, at) => {
        const value = swaps.value(trajectory.task, trajectory.tokens, at)
        return value * (1 - value)
      })
      const value = swaps.value(trajectory.task, trajectory.tokens, kept)
      chosen += value * (1 - value)
      best += Math.max(...spread)
      between += Number(value >= 0.2 && value <= 0.8)
    }
    count += guided.length
  }
  return { search, samples, quality: chosen / best, undecided: between / count, tokens: tokens / count }
}
