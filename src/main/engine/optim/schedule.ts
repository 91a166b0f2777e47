/** The learning rate over time. Plain numbers. */

export type ScheduleConfig = {
  /** Peak. */
  readonly learningRate: number
  readonly schedule: 'constant' | 'linear' | 'cosine'
  readonly warmupSteps: number
}

/**
 * Learning rate of optimiser step `step`, counted from 0, of `totalSteps`.
 *
 * Warm-up of w steps: `peak · (step + 1) / (w + 1)` for step < w, so the first step is not wasted on a rate of 0 (in Transformers it
 * is: `step / w`) and step w has the peak. Afterwards, with `p = (step − w) / (totalSteps − w)` limited to [0, 1]: constant `peak`, linear
 * `peak (1 − p)`, cosine `peak (1 + cos πp) / 2`, as in Transformers. The last step, `totalSteps − 1`, is the one before the rate
 * reaches 0; it is 0 from `totalSteps` on (never for `constant`). A warm-up as long as the run or longer only rises.
 */
export function learningRateAt(step: number, totalSteps: number, config: ScheduleConfig): number {
  const { learningRate, schedule, warmupSteps } = config
  if (step < warmupSteps) return (learningRate * (step + 1)) / (warmupSteps + 1)
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps))
  return learningRate * remaining(schedule, progress)
}

function remaining(schedule: ScheduleConfig['schedule'], progress: number): number {
  switch (schedule) {
    case 'constant':
      return 1
    case 'linear':
      return 1 - progress
    case 'cosine':
      return (1 + Math.cos(Math.PI * progress)) / 2
  }
}
