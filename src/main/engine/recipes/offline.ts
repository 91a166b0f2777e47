/**
 * Iterations on rows of data, without sampling: `promptsPerIteration` of them, in a new random order each epoch.
 *
 *   for each iteration
 *     1. take the next rows
 *     2. passes of the loss over them
 */
import { startClock } from './clock'
import { type Metrics, type Procedure, type Run, takeShuffled } from './run'

/** @param learn trains on rows and returns the stats */
export function onRows<Row>(
  { plan }: Run,
  rows: readonly Row[],
  learn: (index: number, rows: readonly Row[]) => Promise<Metrics>,
): Procedure['iterate'] {
  return async (index) => {
    const clock = startClock()
    const count = plan.budget.promptsPerIteration
    const taken = takeShuffled(rows, (index - 1) * count, count, plan.seed)
    const learned = await clock.time('update', () => learn(index, taken))
    return { metrics: { ...learned, ...clock.metrics() }, trajectories: [] }
  }
}
