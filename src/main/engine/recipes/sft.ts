/**
 * Supervised fine-tuning: cross-entropy of the demonstrations' completions. One optimiser step per iteration, on `promptsPerIteration` rows;
 * `gpo.criticalStep` has no meaning here.
 */
import { sftLoss } from '../objectives/sft'
import { scalar, type TokenBatch } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { forwardLogps } from '../policy/score'
import type { Scalar } from '../tensor/tf'
import { startClock } from './clock'
import { optimise, trainedTokens } from './optimise'
import { forwardSettings, type Procedure, type Run, takeShuffled } from './run'

type SftBatch = TokenBatch & { readonly denominator: Scalar }

export function sft(run: Run): Procedure {
  const { plan, policy, backend, demonstrations } = run
  const settings = forwardSettings(run, 1)
  const loss: LossFunction<SftBatch> = (params, batch) =>
    sftLoss({ ...batch, logp: forwardLogps(settings, params, batch).logps })
  const learner = createLearner(backend, policy, 'sft', loss, plan.optimiser)
  return {
    learner,
    async iterate(index) {
      const clock = startClock()
      const count = plan.budget.promptsPerIteration
      const rows = takeShuffled(demonstrations, (index - 1) * count, count, plan.seed)
      const learned = await clock.time('update', () =>
        optimise(run, learner, index, {
          epochs: 1,
          minibatches: 1,
          units: rows.map((row) => [row]),
          inputs: (_, minibatch) => ({ denominator: scalar(trainedTokens(minibatch.map((unit) => rows[unit]!))) }),
        }),
      )
      return { metrics: { ...learned, ...clock.metrics() }, trajectories: [] }
    },
  }
}
