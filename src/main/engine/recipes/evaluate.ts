/** Greedy accuracy on the evaluation set. */
import type { EvaluationRecord } from '@shared/schemas/events'
import { VERDICT_STATUSES, type VerdictStatus } from '@shared/schemas/verifier'
import { rolloutsFromPrompts } from '../gpo/sampling'
import { mean, type Run, samplingOf } from './run'

/** @param iteration 0 before training */
export async function evaluate(run: Run, iteration: number): Promise<EvaluationRecord> {
  const sampling = await samplingOf(run, iteration, 'evaluation')
  const greedy = { ...sampling, config: { ...sampling.config, temperature: 0, topK: 0, topP: 1 } }
  const rollouts = await rolloutsFromPrompts(greedy, run.evaluationTasks, 1)
  const count = (status: VerdictStatus) => rollouts.filter(({ verdict }) => verdict.status === status).length
  const statuses = Object.fromEntries(VERDICT_STATUSES.map((status) => [status, count(status)])) as Record<
    VerdictStatus,
    number
  >
  return {
    iteration,
    n: rollouts.length,
    correct: statuses.correct,
    accuracy: statuses.correct / Math.max(1, rollouts.length),
    statuses,
    meanTokens: mean(rollouts.map(({ tokens }) => tokens.length)),
  }
}
