/** Greedy accuracy on the evaluation set. */
import type { EvaluationRecord } from '@shared/schemas/events'
import { encodeOutcomes } from '@shared/schemas/outcomes'
import { VERDICT_STATUSES, type VerdictStatus } from '@shared/schemas/verifier'
import { mean } from '../core/statistics'
import { rolloutsFromPrompts } from '../gpo/sampling'
import type { Rollout } from '../gpo/trajectory'
import type { Run } from './run'
import { greedy, samplingOf } from './sampling'

export function countStatuses(rollouts: readonly Rollout[]): Record<VerdictStatus, number> {
  const count = (status: VerdictStatus) => rollouts.filter(({ verdict }) => verdict.status === status).length
  return Object.fromEntries(VERDICT_STATUSES.map((status) => [status, count(status)])) as Record<VerdictStatus, number>
}

/** @param iteration 0 before training */
export async function evaluate(run: Run, iteration: number): Promise<EvaluationRecord> {
  const sampling = greedy(await samplingOf(run, iteration, 'evaluation'))
  const rollouts = await rolloutsFromPrompts(sampling, run.evaluationTasks, 1)
  const statuses = countStatuses(rollouts)
  return {
    iteration,
    n: rollouts.length,
    correct: statuses.correct,
    accuracy: statuses.correct / Math.max(1, rollouts.length),
    statuses,
    meanTokens: mean(rollouts.map(({ tokens }) => tokens.length)),
    problems: encodeOutcomes(
      rollouts.map(({ task, verdict }) => ({ row: task.row, isRight: verdict.status === 'correct' })),
    ),
  }
}
