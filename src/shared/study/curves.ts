/** Curves of the arms: mean and band over the seeds, one point for each evaluation, against each budget. Pure. */
import { BUDGETS, type Budget, type Study } from '../schemas/study'
import { intervalOf, meanEstimate } from '../statistics/estimate'
import { mean } from '../statistics/moments'
import type { ArmCurve } from './results'
import { type RunData, spentAt } from './run-data'

const clamp = (value: number) => Math.min(1, Math.max(0, value))

/** The band is Student's t over seeds; with one seed it has no width. */
function pointOf(runs: readonly RunData[], budget: Budget, iteration: number, confidence: number) {
  const found = runs.flatMap((run) => {
    const accuracy = run.evaluations.find((one) => one.iteration === iteration)?.accuracy
    const x = spentAt(run, budget, iteration)
    return accuracy === undefined || x === null ? [] : [{ x, accuracy }]
  })
  if (found.length === 0) return []
  const accuracies = found.map(({ accuracy }) => accuracy)
  const centre = mean(accuracies)
  const estimate = meanEstimate(accuracies)
  const { low, high } = estimate ? intervalOf(estimate, confidence) : { low: centre, high: centre }
  const x = mean(found.map((point) => point.x))
  return [{ iteration, x, mean: centre, low: clamp(low), high: clamp(high), seeds: found.length }]
}

function curveOf(study: Study, runs: readonly RunData[], arm: string, budget: Budget): ArmCurve[] {
  const own = runs.filter((run) => run.arm === arm)
  const iterations = new Set(own.flatMap(({ evaluations }) => evaluations.map(({ iteration }) => iteration)))
  const points = [...iterations]
    .toSorted((a, b) => a - b)
    .flatMap((iteration) => pointOf(own, budget, iteration, study.measure.confidence))
  return points.length > 0 ? [{ arm, points }] : []
}

/** @param runs of one task */
export function curvesOf(study: Study, runs: readonly RunData[]): Readonly<Record<Budget, readonly ArmCurve[]>> {
  const of = (budget: Budget) => study.arms.flatMap(({ name }) => curveOf(study, runs, name, budget))
  return Object.fromEntries(BUDGETS.map((budget) => [budget, of(budget)])) as Record<Budget, ArmCurve[]> // all budgets
}
