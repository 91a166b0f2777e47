/** How many optimiser steps an iteration has by its plan. Pure. */

/** The fields of a plan that decide it. */
interface SteppedPlan {
  readonly objective: { readonly kind: string; readonly epochs?: number; readonly minibatches?: number }
}

/** Passes over a batch; one where the objective has no such setting. */
export const passesOf = ({ objective: { epochs = 1 } }: SteppedPlan): number => epochs

/** Passes × minibatches; fewer are done where there are fewer rollouts or pairs than minibatches. SFT does one. */
export const stepsPerIteration = ({ objective: { epochs = 1, minibatches = 1 } }: SteppedPlan): number =>
  epochs * minibatches
