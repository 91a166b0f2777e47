/**
 * Supervised fine-tuning: cross-entropy of the demonstrations' completions. One optimiser step per iteration, on `promptsPerIteration` rows;
 * `gpo.criticalStep` has no meaning here.
 */

import { forward } from '../model/llama'
import { sftLoss } from '../objectives/sft'
import { createLearner, type LossFunction } from '../policy/learner'
import { tokenLogps } from '../policy/score'
import type { Scalar, Tensor1D, Tensor2D } from '../tensor/tf'
import { startClock } from './clock'
import { optimise, scalar } from './optimise'
import { type Procedure, type Run, takeShuffled } from './run'

export function sft(run: Run): Procedure {
  const { plan, policy, backend, demonstrations } = run
  const loss: LossFunction = (params, batch) => {
    const ids = batch['ids'] as Tensor2D
    const { hidden } = forward(policy.config, params, ids, { recomputesLayers: plan.budget.recomputeLayers })
    const logp = tokenLogps(policy.config, params, hidden, batch['targets'] as Tensor1D, ids.shape, 1)
    return sftLoss({ logp, mask: batch['mask']!, denominator: batch['denominator'] as Scalar })
  }
  const learner = createLearner(backend, policy, 'sft', loss, plan.optimiser)
  const count = plan.budget.promptsPerIteration
  return {
    learner,
    async iterate(iteration) {
      const clock = startClock()
      const rows = takeShuffled(demonstrations, (iteration - 1) * count, count, plan.seed)
      const tokens = (units: readonly number[]) =>
        units.reduce((sum, unit) => sum + rows[unit]!.ids.length - rows[unit]!.start, 0)
      const learned = await clock.time('update', () =>
        optimise(run, learner, iteration, {
          epochs: 1,
          minibatches: 1,
          units: rows.map((row) => [row]),
          inputs: (_, minibatch) => ({ denominator: scalar(tokens(minibatch)) }),
        }),
      )
      return {
        metrics: { ...learned, ...clock.metrics() },
        trajectories: [],
      }
    },
  }
}
