/**
 * The loop around a procedure: evaluate, iterate, evaluate, yield safe points. It does not know files or databases: the consumer of the generator
 * writes checkpoints and decides at each safe point whether to continue.
 */
import { hasCritic, isTraining } from '@shared/method/guided'
import { usesReference } from '@shared/method/reference'
import type { EvaluationEvent, MetricsEvent, ProbesEvent, TrajectoriesEvent } from '@shared/schemas/events'
import type { Plan } from '@shared/schemas/plan'
import { collectOnly } from './collect-only'
import { dpo } from './dpo'
import { evaluate } from './evaluate'
import { grpo } from './grpo'
import { kto } from './kto'
import { orpo } from './orpo'
import { ppo } from './ppo'
import { probe } from './probe'
import { rloo } from './rloo'
import { type Procedure, type Run, rowCount } from './run'
import { sft } from './sft'
import { simpo } from './simpo'

/** Everything is consistent: a checkpoint may be written and the run stopped. */
export interface SafePoint {
  readonly type: 'safe-point'
  readonly iteration: number
  /** True at the plan's interval, or after the last iteration. */
  readonly isCheckpointDue: boolean
}

export type TrainOutput = MetricsEvent | TrajectoriesEvent | EvaluationEvent | ProbesEvent | SafePoint

export function createProcedure(run: Run): Procedure {
  const { objective } = run.plan
  switch (objective.kind) {
    case 'ppo':
      return ppo(run, objective)
    case 'grpo':
      return grpo(run, objective)
    case 'rloo':
      return rloo(run, objective)
    case 'dpo':
      return dpo(run, objective)
    case 'kto':
      return kto(run, objective)
    case 'simpo':
      return simpo(run, objective)
    case 'orpo':
      return orpo(run, objective)
    case 'sft':
      return sft(run)
    case 'collect':
      return collectOnly(run)
  }
}

/** Which parts of a policy a plan's objective needs. */
export function policyNeeds({ objective }: Plan): { hasValueHead: boolean; keepsReference: boolean } {
  return { hasValueHead: hasCritic({ objective }), keepsReference: usesReference(objective) }
}

const finite = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)))

/**
 * @param from iterations already done (0 for a new run); procedure and policy must be restored to that point
 */
export async function* train(run: Run, procedure: Procedure, from: number): AsyncGenerator<TrainOutput> {
  const { budget, evaluation, checkpoint } = run.plan
  // A model that is not trained answers the same each time.
  const changes = isTraining(run.plan)
  const hasEvaluation = changes && run.evaluationTasks.length > 0
  const hasProbes = changes && run.probes.tasks.length > 0
  if (from === 0 && hasProbes) yield await probe(run, 0)
  if (from === 0 && hasEvaluation) yield { type: 'evaluation', ...(await evaluate(run, 0)) }
  for (let iteration = from + 1; iteration <= budget.iterations; iteration++) {
    const isLast = iteration === budget.iterations
    const { metrics, trajectories } = await procedure.iterate(iteration)
    const epoch = (iteration * budget.promptsPerIteration) / rowCount(run)
    yield { type: 'metrics', iteration, values: finite({ ...metrics, epoch }) }
    if (trajectories.length > 0) yield { type: 'trajectories', trajectories }
    const isEvaluationDue = isLast || (evaluation.everyIterations > 0 && iteration % evaluation.everyIterations === 0)
    if (hasProbes && (run.tasks.length > 0 || isEvaluationDue)) yield await probe(run, iteration)
    if (hasEvaluation && isEvaluationDue) yield { type: 'evaluation', ...(await evaluate(run, iteration)) }
    yield {
      type: 'safe-point',
      iteration,
      isCheckpointDue: isLast || !changes || iteration % checkpoint.everyIterations === 0,
    }
  }
}
