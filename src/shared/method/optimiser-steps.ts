/** How many optimiser steps an iteration has by its plan. Pure. */
import type { Plan } from '../schemas/plan'

/** Passes × minibatches; fewer are done where there are fewer rollouts or pairs than minibatches. SFT does one. */
export function stepsPerIteration({ objective }: Pick<Plan, 'objective'>): number {
  const minibatches = 'minibatches' in objective ? objective.minibatches : 1
  return (objective.kind === 'sft' ? 1 : objective.epochs) * minibatches
}
